# SPDX-License-Identifier: BSD-2-Clause
"""Hellos that are not to the letter, answers that cannot be read, that were not offered or that come in clear, and
clients that break off: sessions side by side in one capture, each from a port of its own."""
import struct

from . import files
from .conversation import START_NS, Talk, message, record, vector
from .packets import ACK, FIN, PSH, RST, SYN
from .recipes import recipe

RANDOM = bytes(range(32))
SUITES = bytes.fromhex('c02f002f000a')
SECOND = 10**9
TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3 = 0x0301, 0x0302, 0x0303, 0x0304
SUPPORTED_VERSIONS = 43
FATAL = 2
HANDSHAKE_FAILURE, PROTOCOL_VERSION, UNEXPECTED_MESSAGE, UNKNOWN_CA = 40, 70, 10, 48


def short(value):
    return struct.pack('>H', value)


def extension(kind, data):
    return short(kind) + vector(data, 2)


def versions(*numbers):
    return extension(SUPPORTED_VERSIONS, vector(b''.join(map(short, numbers)), 1))


def client_hello(version, tail=b'', session_id=b'', suites=SUITES):
    """The message. `tail` is what follows the compression methods: a list of extensions, or anything."""
    return message(1, short(version) + RANDOM + vector(session_id, 1) + vector(suites, 2) + b'\1\0' + tail)


def server_hello(version, suite=0x002F, tail=b''):
    return message(2, short(version) + RANDOM[::-1] + b'\0' + short(suite) + b'\0' + tail)


def alert(number, level=FATAL, version=TLS_1_0):
    return record(21, bytes([level, number]), version)


def protected(version):
    return record(20, b'\1', version) + record(22, bytes(range(100, 140)), version)


class Sessions:
    """Talks that begin a second after each other, and what is expected of each."""

    def __init__(self):
        self.talks, self.expected = [], []

    def talk(self, port=993):
        number = len(self.talks)
        self.talks.append(Talk(port, client_port=51000 + number, start_ns=START_NS + number * SECOND).open())
        return self.talks[-1]

    def expect(self, service, **facts):
        self.expected.append(self.talks[-1].facts(service, **{f'lasthello__{k}': v for k, v in facts.items()}))

    def established(self, hello, version, port=993, talk=None, answer=None):
        """The client says `hello` (records), and both go on in `version`."""
        talk = talk or self.talk(port)
        talk.client(hello).server((answer or record(22, server_hello(version), version)) +
                                  record(22, message(14, b''), version))
        talk.client(protected(version)).server(protected(version)).close()

    def established_1_3(self, hello, answer, talk=None):
        """The same in a draft of TLS 1.3: after the hellos all is protected, in records of 0301."""
        data = record(23, bytes(range(100, 180)))
        (talk or self.talk()).client(hello).server(answer + data).client(data).server(data).close()

    def done(self):
        packets = [packet for talk in self.talks for packet in talk.packets()]
        return files.pcap(sorted(packets, key=lambda packet: packet.time_ns)), self.expected


def accepted(offered_max, negotiated, cause, evidence='handshake'):
    return {'outcome': 'established', 'evidence': evidence, 'offered_max': offered_max, 'negotiated': negotiated,
            'cause': cause}


STARTTLS = [(143, 'imap', b'* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n', b'a1 STARTTLS\r\n', b'a1 OK begin\r\n'),
            (110, 'pop3', b'+OK ready\r\n', b'STLS\r\n', b'+OK begin\r\n')]


def upgraded(sessions):
    """(service, talk) after a STARTTLS that the server accepted."""
    for port, service, greeting, ask, answer in STARTTLS:
        yield service, sessions.talk(port).server(greeting).client(ask).server(answer)


# ---- hellos ---------------------------------------------------------------------------------------------------

@recipe()
def hello_not_to_the_letter(base=None):
    """Hellos that a server accepted, though they are not to the letter: data after the compression methods (legal in TLS
    1.0 and 1.1: RFC 2246 and RFC 4346 7.4.1.2), a session id of 33 bytes, an extension that is longer than the list,
    data after the list, a `supported_versions` that is empty, and one that is longer than its extension.

    Expected: version and suites stand before all that, and are known. What cannot be read costs only itself;
    `supported_versions` that say nothing count as absent. The client is to blame where it offers no more than TLS
    1.1."""
    sessions = Sessions()
    for version, hello, name in [
            (TLS_1_0, client_hello(TLS_1_0, b'\xff' * 5), 'TLS 1.0'),
            (TLS_1_1, client_hello(TLS_1_1, session_id=bytes(33)), 'TLS 1.1'),
            (TLS_1_0, client_hello(TLS_1_0, vector(extension(23, b'') + b'\0\x10\0\x20' + bytes(8), 2)), 'TLS 1.0'),
            (TLS_1_0, client_hello(TLS_1_0, vector(extension(23, b''), 2) + bytes(3)), 'TLS 1.0'),
            (TLS_1_2, client_hello(TLS_1_2, vector(extension(SUPPORTED_VERSIONS, b''), 2)), 'TLS 1.2'),
            (TLS_1_2, client_hello(TLS_1_2, vector(extension(SUPPORTED_VERSIONS, b'\x08\3\4'), 2)), 'TLS 1.2')]:
        sessions.established(record(22, hello), version)
        sessions.expect('imaps', **accepted(name, name, None if version == TLS_1_2 else 'client'))
    return sessions.done()


@recipe()
def hello_in_any_record(base=None):
    """Records of a ClientHello that say version 0000, 0305, 03ff, 0400 and ffff; one hello over three records, each of
    another version; and records of 0000 after STARTTLS and STLS.

    Expected: as if they had said 0301. The version of that record says nothing (RFC 5246 E.1: {03,XX} must be accepted;
    RFC 8446 5.1: it MUST be ignored for all purposes)."""
    sessions, hello = Sessions(), client_hello(TLS_1_0)
    cut = record(22, hello[:3], 0x0400) + record(22, hello[3:20], 0x0305) + record(22, hello[20:], 0)
    for records in [record(22, hello, version) for version in (0, 0x0305, 0x03FF, 0x0400, 0xFFFF)] + [cut]:
        sessions.established(records, TLS_1_0)
        sessions.expect('imaps', **accepted('TLS 1.0', 'TLS 1.0', 'client'))
    for service, talk in upgraded(sessions):
        sessions.established(record(22, hello, 0), TLS_1_0, talk=talk)
        sessions.expect(service, **accepted('TLS 1.0', 'TLS 1.0', 'client'))
    return sessions.done()


@recipe()
def hello_said_twice(base=None):
    """A client says a second hello that no HelloRetryRequest asked for: with less than the first, with more, and with so
    much more that the server's answer fits the second alone.

    Expected: the first one is the offer. An answer that it does not allow contradicts it: evidence `none`, no version,
    nobody to blame."""
    sessions = Sessions()
    old, new = record(22, client_hello(TLS_1_0)), record(22, client_hello(TLS_1_2, vector(versions(0x0304, 0x0303), 2)))
    sessions.established(new + old, TLS_1_2)
    sessions.expect('imaps', **accepted('TLS 1.3', 'TLS 1.2', None))
    sessions.established(old + new, TLS_1_0)
    sessions.expect('imaps', **accepted('TLS 1.0', 'TLS 1.0', 'client'))
    sessions.established(old + new, TLS_1_2)
    sessions.expect('imaps', **accepted('TLS 1.0', None, None, evidence='none'), contradictory=True)
    return sessions.done()


# ---- answers --------------------------------------------------------------------------------------------------

MODERN = client_hello(TLS_1_2, vector(versions(0x0304, 0x0303), 2), suites=bytes.fromhex('1301c02f002f'))


@recipe()
def answer_of_drafts(base=None):
    """TLS 1.3 before it was final: version 0304 in both hellos (before draft 16), 7f0e and 7f12 in the ServerHello, which
    has neither session id nor compression method then, and 7f17 in the form of now. One server sends the HelloRetryRequest
    of its time first, a message of type 6. Records say 0301, as they did.

    Expected: TLS 1.3. The record headers, which an analyzer may fall back on, would say TLS 1.0."""
    sessions = Sessions()
    sessions.established_1_3(record(22, client_hello(TLS_1_3, suites=bytes.fromhex('1301002f'))),
                             record(22, message(2, short(TLS_1_3) + RANDOM + bytes.fromhex('13010000'))))
    sessions.expect('imaps', **accepted('TLS 1.3', 'TLS 1.3', None))
    hello = record(22, client_hello(TLS_1_2, vector(versions(0x7F17, 0x7F12, 0x7F0E, 0x0303), 2),
                                    suites=bytes.fromhex('1301002f')))
    for draft, form in ((0x7F0E, b''), (0x7F12, extension(40, bytes(36))), (0x7F17, None)):
        body = short(draft) + RANDOM + b'\x13\1' + vector(form or b'', 2)
        if form is None:
            body = short(TLS_1_2) + RANDOM + b'\0\x13\1\0' + vector(extension(43, short(draft)), 2)
        talk = sessions.talk()
        if draft == 0x7F12:
            talk.client(hello).server(record(22, message(6, short(draft) + b'\0\0')))
        sessions.established_1_3(hello, record(22, message(2, body)), talk)
        sessions.expect('imaps', **accepted('TLS 1.3', 'TLS 1.3', None))
    return sessions.done()


@recipe()
def answer_unreadable(base=None):
    """ServerHellos that cannot be read: version 7e01, an experiment of which nothing is written down, in the hello, in its
    record as well, and in `supported_versions`; a list of extensions that is broken where the version of TLS 1.3 would stand; a body that ends
    after the version. Records after them say 0301 and 0303. In the last one the broken list stands behind TLS 1.0, where
    nothing can follow that would change the version.

    Expected: that there was an answer is known, and no version: not of the records, either. The last is TLS 1.0."""
    sessions = Sessions()
    for answer, version in [
            (server_hello(0x7E01, 0x1301), TLS_1_0),
            (server_hello(0x7E01, 0x1301), 0x7E01),
            (server_hello(TLS_1_2, 0x1301, vector(extension(43, b'\x7e\1'), 2)), TLS_1_2),
            (server_hello(TLS_1_2, 0x002F, vector(b'\0\x17\0\x08', 2)), TLS_1_2),
            (message(2, short(TLS_1_0)), TLS_1_0)]:
        sessions.established(record(22, MODERN), version if version != 0x7E01 else TLS_1_0,
                             answer=record(22, answer, version))
        sessions.expect('imaps', **accepted('TLS 1.3', None, None, evidence='none'), unreadable_answer=True)
    sessions.established(record(22, MODERN), TLS_1_0,
                         answer=record(22, server_hello(TLS_1_0, 0x002F, vector(b'\0\x17\0\x08', 2))))
    sessions.expect('imaps', **accepted('TLS 1.3', 'TLS 1.0', 'server'), unreadable_answer=None)
    return sessions.done()


@recipe()
def answer_not_offered(base=None):
    """Servers that choose what was not offered: a version above the offer, and a suite that is not in the hello. No server
    does; two connections on one pair of ports, or somebody who writes on the wire, look like that.

    Expected: evidence `none`, no version and nobody to blame, and it is said that the two contradict each other. A version
    below the client's lowest is another thing: an old server chose it, and the client rejects that."""
    sessions = Sessions()
    sessions.established(record(22, client_hello(TLS_1_0)), TLS_1_2)
    sessions.expect('imaps', **accepted('TLS 1.0', None, None, evidence='none'), contradictory=True)
    sessions.established(record(22, client_hello(TLS_1_2)), TLS_1_0, answer=record(22, server_hello(TLS_1_0, 0x0035)))
    sessions.expect('imaps', **accepted('TLS 1.2', None, None, evidence='none'), contradictory=True)
    talk = sessions.talk().client(record(22, MODERN)).server(record(22, server_hello(TLS_1_0)))
    talk.client(alert(PROTOCOL_VERSION)).close()
    sessions.expect('imaps', outcome='rejected', evidence='handshake', offered_max='TLS 1.3', negotiated='TLS 1.0',
                    cause='server', client_alert='70 protocol_version', contradictory=None)
    return sessions.done()


def given_up(talk, how):
    if how == 'alert':
        talk.client(alert(UNEXPECTED_MESSAGE))
    if how == 'silence':
        talk.time_ns += 40 * SECOND
    if how == 'rst':
        return talk.send(True, flags=RST | ACK)
    return talk.close()


@recipe()
def clear_answer(base=None):
    """TLS spoken to servers that answer in clear text: IMAP and POP3 on the implicit ports, the greeting before the hello
    or after it; the hello on 143 and 110 without STARTTLS, after one that was refused, and after one that the server
    accepted, to go on in clear; HTTP. The client gives up by FIN, by RST, by an alert, or after 40 seconds of nothing.

    Expected: `clear_answer`, with nobody to blame: the server speaks no TLS there, whatever the version. It is no refusal,
    no silence, and was not left unanswered."""
    sessions, hello = Sessions(), record(22, client_hello(TLS_1_0))
    facts = {'outcome': 'clear_answer', 'refused_by': None, 'cause': None, 'offered_max': 'TLS 1.0', 'negotiated': None,
             'evidence': 'none'}
    greetings = {993: b'* OK ready\r\n', 995: b'+OK ready\r\n', 143: b'* OK ready\r\n', 110: b'+OK ready\r\n'}
    services = {993: 'imaps', 995: 'pop3s', 143: 'imap', 110: 'pop3'}
    for port, greeting in greetings.items():
        for how in ('fin', 'rst', 'alert', 'silence'):
            given_up(sessions.talk(port).server(greeting).client(hello), how)
            sessions.expect(services[port], **facts)
        given_up(sessions.talk(port).client(hello).server(greeting), 'fin')
        sessions.expect(services[port], **facts)
        answer = b'* BAD invalid command\r\n' if greeting[:1] == b'*' else b'-ERR invalid command\r\n'
        sessions.talk(port).server(greeting).client(hello).server(answer).send(False, flags=RST | ACK)
        sessions.expect(services[port], **facts)
    sessions.talk(993).client(hello).server(b'HTTP/1.1 400 Bad Request\r\n\r\n').close()
    sessions.expect('imaps', **facts)
    for port, service, greeting, ask, answer in STARTTLS:
        for answered in (answer, b'a1 NO not now\r\n' if port == 143 else b'-ERR not now\r\n'):
            text = b'* BYE what\r\n' if port == 143 else b'-ERR what\r\n'
            sessions.talk(port).server(greeting).client(ask).server(answered).client(hello).server(text).close()
            sessions.expect(service, **facts)
    return sessions.done()


# ---- clients that break off -----------------------------------------------------------------------------------

@recipe()
def rejected_without_hello(base=None):
    """Clients whose first record is a fatal alert: on 993 and 995, and after STARTTLS and STLS. Nothing of them is missing.
    One more breaks off after the ServerHello, and says why.

    Expected: `rejected`: they refuse by their own settings, as where every version that they may use is disabled. What
    they offer is not known, so that nobody is to blame; of the last the version is known, and its alert."""
    sessions = Sessions()
    facts = {'outcome': 'rejected', 'evidence': 'none', 'offered_max': None, 'negotiated': None, 'cause': None,
             'client_alert': '70 protocol_version'}
    for port, service in ((993, 'imaps'), (995, 'pop3s')):
        sessions.talk(port).client(alert(PROTOCOL_VERSION)).close()
        sessions.expect(service, **facts)
    for service, talk in upgraded(sessions):
        talk.client(alert(PROTOCOL_VERSION)).close()
        sessions.expect(service, **facts)
    talk = sessions.talk().client(record(22, client_hello(TLS_1_1))).server(record(22, server_hello(TLS_1_1), TLS_1_1))
    talk.client(alert(UNKNOWN_CA, version=TLS_1_1)).close()
    sessions.expect('imaps', outcome='rejected', evidence='handshake', offered_max='TLS 1.1', negotiated='TLS 1.1',
                    cause='client', client_alert='48 unknown_ca')
    return sessions.done()


@recipe()
def refused_too_new(base=None):
    """Clients that offer TLS 1.3 and nothing else, and servers that do not have it: one refuses with protocol_version,
    one, which cannot read `supported_versions`, finds no suite that it knows (handshake_failure), one chooses TLS 1.2 and
    is rejected, and one resets, for whatever reason. To the last one the client offers TLS 1.2 as well.

    Expected: `too_new` where version is the reason; it is no old TLS. A RST has no reason, and a client that offers 1.2
    was refused for another."""
    sessions = Sessions()
    only = record(22, client_hello(TLS_1_2, vector(versions(0x0304), 2), suites=bytes.fromhex('13011302')))
    both = record(22, MODERN)
    for hello, number, cause in ((only, PROTOCOL_VERSION, 'too_new'), (only, HANDSHAKE_FAILURE, 'too_new'),
                                 (both, PROTOCOL_VERSION, None)):
        sessions.talk().client(hello).server(alert(number)).close()
        sessions.expect('imaps', outcome='refused', refused_by=f'alert {number}', offered_max='TLS 1.3', cause=cause)
    sessions.talk().client(only).server(record(22, server_hello(TLS_1_2, 0x1301))).client(alert(PROTOCOL_VERSION)).close()
    sessions.expect('imaps', outcome='rejected', negotiated='TLS 1.2', offered_max='TLS 1.3', cause='too_new')
    sessions.talk().send(True, only, PSH | ACK).send(False).send(False, flags=RST | ACK)
    sessions.expect('imaps', outcome='refused', refused_by='rst', offered_max='TLS 1.3', cause=None)
    return sessions.done()


# ---- one segment of a stranger --------------------------------------------------------------------------------

@recipe()
def unconfirmed(base=None):
    """One segment each, answered by nobody: a hello of TLS 1.0, the same with a FIN, one in the format of
    SSL 2.0, a STARTTLS with a hello behind it, a LOGIN, USER and PASS, a ServerHello, an alert, a hello in a SYN, and one
    that is reset, as a server does that knows of no connection. Then in several: a hello in two, one with a FIN after it, and one
    after a SYN. Whoever reaches the wire can write that. Then: a hello that the server acknowledged, one whose sender was
    seen to acknowledge more and more, and one after a TCP handshake.

    Expected: the first ones are unconfirmed, and nobody is to blame for them. The last three are as any other."""
    sessions, hello = Sessions(), record(22, client_hello(TLS_1_0))
    sslv2 = bytes.fromhex('801c 01 0301 0003 0000 0010 00002f') + RANDOM[:16]

    def alone(port=993, payload=hello, flags=PSH | ACK, from_client=True):
        talk = sessions.talk(port)
        talk.segments.clear()
        return talk.send(from_client, payload, flags)

    doubted = {'unconfirmed': True, 'cause': None}
    for payload, flags in ((hello, PSH | ACK), (hello, FIN | PSH | ACK), (sslv2, PSH | ACK)):
        alone(payload=payload, flags=flags)
        sessions.expect('imaps', outcome='unanswered', offered_max='TLS 1.0', **doubted)
    for port, service, payload, login in ((143, 'imap', b'a1 LOGIN x y\r\n', 'LOGIN'),
                                          (110, 'pop3', b'USER x\r\nPASS y\r\n', 'USER')):
        alone(port, payload)
        sessions.expect(service, outcome='cleartext', login=login, **doubted)
    alone(143, b'a1 STARTTLS\r\n' + hello)
    sessions.expect('imap', outcome='unanswered', offered_max='TLS 1.0', **doubted)
    alone(payload=record(22, server_hello(TLS_1_0)), from_client=False)
    sessions.expect('imaps', outcome='negotiated', negotiated='TLS 1.0', **doubted)
    alone(payload=alert(PROTOCOL_VERSION), from_client=False)
    sessions.expect('imaps', outcome='midstream', server_alert='70 protocol_version', **doubted)
    alone(flags=SYN)
    sessions.expect('imaps', outcome='unanswered', offered_max='TLS 1.0', **doubted)
    alone().send(False, flags=RST | ACK)
    sessions.expect('imaps', outcome='refused', refused_by='rst', offered_max='TLS 1.0', **doubted)
    alone(payload=hello[:40]).send(True, hello[40:], PSH | ACK)
    sessions.expect('imaps', outcome='unanswered', offered_max='TLS 1.0', **doubted)
    alone().send(True, flags=FIN | ACK)
    sessions.expect('imaps', outcome='unanswered', offered_max='TLS 1.0', **doubted)
    talk = sessions.talk()
    del talk.segments[1:]
    talk.send(True, hello, PSH | ACK)
    sessions.expect('imaps', outcome='unanswered', offered_max='TLS 1.0', **doubted)
    known = {'outcome': 'unanswered', 'offered_max': 'TLS 1.0', 'cause': 'client', 'unconfirmed': None}
    alone().send(False)
    sessions.expect('imaps', **known)
    talk = alone()
    talk.next[False] += 500
    talk.send(True)
    sessions.expect('imaps', **known)
    sessions.talk().send(True, hello, PSH | ACK)
    sessions.expect('imaps', **known)
    return sessions.done()
