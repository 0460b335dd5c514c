// SPDX-License-Identifier: BSD-2-Clause
// TlsServer STORE PORT PROTOCOLS: a server with the protocols named, old ones and SSLv2Hello included; greets like IMAP, reads
// one line and says goodbye.
import java.io.FileInputStream;
import java.io.IOException;
import java.security.KeyStore;
import java.security.Security;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

class TlsServer {
    public static void main(String[] arguments) throws Exception {
        Security.setProperty("jdk.tls.disabledAlgorithms", "");
        char[] password = "testbed".toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(new FileInputStream(arguments[0]), password);
        KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
        keys.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        SSLServerSocket server = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(Integer.parseInt(arguments[1]));
        server.setEnabledProtocols(arguments[2].split(","));
        server.setEnabledCipherSuites(context.getSupportedSSLParameters().getCipherSuites());
        while (true) {
            try (SSLSocket socket = (SSLSocket) server.accept()) {
                socket.setSoTimeout(8000);
                socket.startHandshake();
                System.out.println(socket.getSession().getProtocol() + " " + socket.getSession().getCipherSuite());
                socket.getOutputStream().write("* OK ready\r\n".getBytes());
                for (int c = socket.getInputStream().read(); c >= 0 && c != '\n'; c = socket.getInputStream().read())
                    continue;
                socket.getOutputStream().write("* BYE\r\n".getBytes());
            } catch (IOException error) {
                System.out.println("failed: " + error.getMessage());
            }
        }
    }
}
