/* SPDX-License-Identifier: BSD-2-Clause */
/* other_files.c: files that are no pcap or pcapng: other captures, archives, texts. */
#include "other_files.h"

#include <ctype.h>

#define CONVERT "convert it: editcap FILE FILE.pcapng"
#define UNPACK  "unpack it first"

struct kind {
    const char *mark; /* first bytes, or the end of a name */
    size_t len;       /* of the first bytes */
    const char *advice;
};

#define MAGIC(bytes, advice)             \
    {                                    \
        bytes, sizeof(bytes) - 1, advice \
    }

static const struct kind magics[] = {
    MAGIC("snoop", "; it is a Solaris snoop file, " CONVERT),
    MAGIC("GMBU", "; it is a Microsoft Network Monitor file, " CONVERT),
    MAGIC("RTSS", "; it is a Microsoft Network Monitor file, " CONVERT),
    MAGIC("TRSNIFF data", "; it is a Sniffer file, " CONVERT),
    MAGIC("XCP\0", "; it is a NetXRay or Sniffer file, " CONVERT),
    MAGIC("iptrace ", "; it is an AIX iptrace file, " CONVERT),
    MAGIC("\x7fver", "; it is a Peek file (OmniPeek, EtherPeek), " CONVERT),
    MAGIC("\x05VNF", "; it is a Visual Networks file, " CONVERT),
    MAGIC("\x54\x52\x00\x64", "; it is a LANalyzer file, " CONVERT),
    MAGIC("btsnoop\0", "; it is a capture of Bluetooth, in which there is no mail"),
    MAGIC("PK\003\004", "; it is a zip archive, " UNPACK),
    MAGIC("7z\xbc\xaf", "; it is a 7z archive, " UNPACK),
    MAGIC("Rar!", "; it is a RAR archive, " UNPACK),
    MAGIC("MSCF", "; it is a cabinet file, " UNPACK),
    MAGIC("LZIP", "; it is compressed by lzip, " UNPACK),
    MAGIC("\x89LZO", "; it is compressed by lzop, " UNPACK),
    MAGIC("\x1f\x9d", "; it is compressed by compress, " UNPACK),
    MAGIC("\x5d\0\0", "; it is compressed by lzma, " UNPACK),
    MAGIC("SQLite format 3", "; it is an SQLite database, perhaps an inventory: lasthello report FILE"),
};

static const struct kind endings[] = {
    {".etl", 0,
        "; Windows traces events so, convert it: pktmon etl2pcap FILE --out FILE.pcapng, or etl2pcapng FILE "
        "FILE.pcapng"},
    {".erf", 0, "; Endace cards write so, convert it: dagconvert -T erf:pcap -i FILE -o FILE.pcap"},
    {".tar", 0, "; it is a tar archive, " UNPACK},
    {".tgz", 0, "; it is a tar archive, " UNPACK},
    {".tar.gz", 0, "; it is a tar archive, " UNPACK},
    {".tar.xz", 0, "; it is a tar archive, " UNPACK},
    {".tar.zst", 0, "; it is a tar archive, " UNPACK},
    {".tar.bz2", 0, "; it is a tar archive, " UNPACK},
};

/* Lines as tcpdump prints them begin with a time: 11:22:33.445566. */
static bool is_printed(struct bytes head)
{
    static const char form[] = "00:00:00.";
    uint8_t byte;

    for (const char *at = form; *at != '\0'; at++)
        if (!bytes_u8(&head, &byte) || (*at == '0' ? !isdigit(byte) : byte != (uint8_t)*at))
            return false;
    return true;
}

static bool ends_with(const char *name, const char *ending)
{
    const size_t len = strlen(name), ending_len = strlen(ending);

    return len >= ending_len && strcasecmp(name + len - ending_len, ending) == 0;
}

const char *other_file_advice(const char *name, struct bytes head)
{
    struct bytes first;

    for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
        struct bytes rest = head;

        if (bytes_take(&rest, magics[i].len, &first) && memcmp(first.data, magics[i].mark, first.left) == 0)
            return magics[i].advice;
    }
    if (is_printed(head))
        return "; it is what tcpdump prints, capture with -w FILE";
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
        if (ends_with(name, endings[i].mark))
            return endings[i].advice;
    return "";
}
