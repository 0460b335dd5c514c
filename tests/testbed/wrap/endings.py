# SPDX-License-Identifier: BSD-2-Clause
"""Captures that show a part: one direction, begun in the middle, ended in the middle."""
from . import files
from .bases import packets_of
from .conversation import Talk, record
from .recipes import add, recipe


@recipe('imaps')
def one_side_client(base):
    """Asymmetric routing: the capture shows what the client sent and nothing of the server.

    Expected: what was offered is known. No ServerHello was seen: `midstream`, the version from the client's
    records after its hello, which chain."""
    return files.pcap(packets_of([s for s in base.segments if s.from_client])), [base.part(
        lasthello__outcome='midstream', lasthello__negotiated=base.by_records, lasthello__evidence='records',
        lasthello__offered_max=base.offered, tls__server__hash__sha256=None)]


def server_side(base):
    return files.pcap(packets_of([s for s in base.segments if not s.from_client])), [base.part(
        lasthello__outcome='negotiated', lasthello__negotiated=base.version, lasthello__evidence='handshake',
        lasthello__offered_max=None, lasthello__cause=base.cause_unseen)]


SERVER_SIDE = """Asymmetric routing: the capture shows what the server sent and nothing of the client.

    Expected: the ServerHello tells the version: `negotiated`, for protected records of both sides were not
    seen. What the client offered is not known, so that nobody can be blamed by name."""
add('one-side-server', 'imaps', SERVER_SIDE, server_side)
add('one-side-server-starttls', 'starttls', SERVER_SIDE + """ That the server speaks IMAP first and TLS after
    its OK is seen as well.""", server_side)


def begun(base):
    return files.pcap(packets_of(base.segments[base.after_handshake():])), [base.part(
        lasthello__negotiated=base.by_records, lasthello__evidence='records', lasthello__outcome='midstream',
        lasthello__offered_max=None, lasthello__cause=base.cause_unseen)]


add('begun-in-the-middle', 'imaps', """The sensor was started while the connection lived: nothing of the
    handshake was captured.

    Expected: `midstream`. Two records that chain tell TLS 1.0, by `records`; who is to blame is not
    known.""", begun)
add('begun-in-the-middle-tls13', 'modern', """The same with TLS 1.3.

    Expected: `TLS 1.2+`: records of 1.2 and of 1.3 both say 0303. Not legacy, so nobody is to blame.""", begun)


@recipe('imaps')
def begun_after_client_hello(base):
    """The sensor was started between the two hellos.

    Expected: the ServerHello tells the version, and protected records of both sides follow: `established`. What the
    client offered is not known."""
    return files.pcap(packets_of(base.segments[base.server_hello:])), [base.offer_unseen()]


@recipe('imaps')
def other_ports_without_syn(base):
    """A sensor with --discover was started just before the ClientHello, in a connection whose server has the
    higher port.

    Expected: who says the ClientHello is the client, and the session is as if the SYNs had been seen; TLS on a
    port that nobody named is `tls`."""
    port = 52993
    moved = [s.but(destination_port=port) if s.from_client else s.but(source_port=port) for s in base.segments[3:]]
    return {'capture.pcap': files.pcap(packets_of(moved)), 'options': b'--discover\n'}, [
        base.whole(destination__port=port, lasthello__service='tls')]


ALERT_70 = record(21, b'\2\x46')  # fatal, protocol_version


@recipe('imaps')
def begun_at_alert(base):
    """The sensor was started when a server had its alert 70 to say, and nothing before it was captured.

    Expected: `midstream` without evidence: the alert may be about anything that came before, a ServerHello among it.
    What it was stands in the session."""
    talk = Talk.like(base).open().client(base.segments[base.hello()].payload)
    before = len(talk.segments)
    talk.server(ALERT_70).close()
    return files.pcap(packets_of(talk.segments[before:])), [talk.facts(
        'imaps', lasthello__outcome='midstream', lasthello__refused_by=None, lasthello__evidence='none',
        lasthello__negotiated=None, lasthello__offered_max=None, lasthello__cause=None,
        lasthello__server_alert='70 protocol_version')]


@recipe('imaps')
def one_side_server_alert(base):
    """Asymmetric routing: the capture shows what the server sent and nothing of the client. After its SYN the
    server says nothing but alert 70.

    Expected: `refused`, for it is the server's first word. Nobody knows what was offered: no evidence, and
    nobody to blame."""
    talk = Talk.like(base).open().client(base.segments[base.hello()].payload).server(ALERT_70).close()
    return files.pcap(packets_of([s for s in talk.segments if not s.from_client])), [talk.facts(
        'imaps', lasthello__outcome='refused', lasthello__refused_by='alert 70', lasthello__evidence='none',
        lasthello__negotiated=None, lasthello__offered_max=None, lasthello__cause=None,
        lasthello__server_alert='70 protocol_version')]


@recipe('imaps')
def ended_after_client_hello(base):
    """The capture ends right after the ClientHello, before anything of the server.

    Expected: `unanswered`, no version: the end was not captured, and silence counts only where it was seen to
    last."""
    return files.pcap(packets_of(base.segments[:base.hello() + 1])), [base.part(
        lasthello__outcome='unanswered', lasthello__negotiated=None, lasthello__refused_by=None,
        lasthello__offered_max=base.offered)]


@recipe('imaps')
def ended_after_server_hello(base):
    """The capture ends right after the server's flight.

    Expected: `negotiated`: a version was chosen, and the capture shows no more."""
    return files.pcap(packets_of(base.segments[:base.server_hello + 1])), [base.part(
        lasthello__outcome='negotiated', lasthello__negotiated=base.version, lasthello__evidence='handshake',
        lasthello__offered_max=base.offered, lasthello__cause=base.expected.get('lasthello.cause'))]


@recipe('starttls')
def ended_after_starttls(base):
    """The capture ends between the OK to STARTTLS and the ClientHello.

    Expected: `plain`: no TLS and no login was seen. STARTTLS was offered, requested and accepted; that a hello
    followed is not known."""
    return files.pcap(packets_of(base.segments[:base.hello()])), [base.part(
        lasthello__outcome='plain', lasthello__negotiated=None, lasthello__login=None,
        lasthello__starttls=['offered', 'requested', 'accepted'])]
