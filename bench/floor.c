/* SPDX-License-Identifier: BSD-2-Clause */
/* floor.c: the bare libpcap loop that everything is measured against: reads every packet, looks at one byte of it. */
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *header;
    const uint8_t *data;
    uint64_t packets = 0, sum = 0;
    pcap_t *pcap = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;

    if (pcap == NULL) {
        fputs("usage: floor CAPTURE\n", stderr);
        return 2;
    }
    while (pcap_next_ex(pcap, &header, &data) == 1) {
        packets++;
        sum += header->caplen > 0 ? data[0] : 0;
    }
    pcap_close(pcap);
    printf("%llu packets, %llu\n", (unsigned long long)packets, (unsigned long long)sum);
    return 0;
}
