/* SPDX-License-Identifier: BSD-2-Clause */
/* hello_wolfssl ADDRESS PORT: wolfSSL says hello with the settings that it comes with. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>

int main(int argc, char **argv)
{
    struct sockaddr_in server = {.sin_family = AF_INET};
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    WOLFSSL_CTX *context;
    WOLFSSL *ssl;

    if (argc != 3 || inet_pton(AF_INET, argv[1], &server.sin_addr) != 1)
        return 1;
    server.sin_port = htons((uint16_t)atoi(argv[2]));
    if (connect(fd, (struct sockaddr *)&server, sizeof(server)) != 0)
        return 1;
    wolfSSL_Init();
    context = wolfSSL_CTX_new(wolfSSLv23_client_method());
    wolfSSL_CTX_set_verify(context, WOLFSSL_VERIFY_NONE, NULL);
    ssl = wolfSSL_new(context);
    wolfSSL_set_fd(ssl, fd);
    wolfSSL_UseSNI(ssl, WOLFSSL_SNI_HOST_NAME, "mail.example", 12);
    return wolfSSL_connect(ssl) != WOLFSSL_SUCCESS;
}
