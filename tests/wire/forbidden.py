"""What a visitor of a hosted app may type to reach something that is not the public internet, and what may be reached.

`{port}` is the port of a listener that counts connections. Names resolve by NAMES and to nothing else.
"""

from __future__ import annotations

from itertools import chain, count
from typing import NamedTuple


def words(text: str) -> list[str]:
    return text.split()


PRIVATE = words("""
0.0.0.0 0.0.0.1 0.255.255.255 10.0.0.0 10.0.0.1 10.96.0.1 10.244.0.1 10.255.255.254 100.64.0.1 100.100.100.100
100.127.255.254 127.0.0.1 127.0.0.2 127.0.0.53 127.1.2.3 127.255.255.254 172.16.0.1 172.17.0.1 172.18.0.1 172.20.10.1
172.31.255.254 192.0.0.1 192.0.0.8 192.0.0.9 192.0.0.170 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1
192.168.1.1 192.168.65.2 192.168.100.1 192.168.122.1 192.168.255.254 192.175.48.1 198.18.0.1 198.19.255.254
198.51.100.1 203.0.113.1 224.0.0.1 224.0.0.251 239.255.255.250 240.0.0.1 255.255.255.255
""")
SECRET = words("""
169.254.169.254 169.254.169.253 169.254.169.123 169.254.170.2 169.254.170.23 169.254.0.1 169.254.0.23 169.254.10.10
169.254.42.42 169.254.255.254 100.100.100.200 168.63.129.16 192.0.0.192
""")
IPV6 = words("""
:: ::1 ::2 0:0:0:0:0:0:0:1 0000:0000:0000:0000:0000:0000:0000:0001 ::0.0.0.1 ::127.0.0.1 ::7f00:1 ::10.0.0.1
::8.8.8.8 ::169.254.169.254 ::ffff:127.0.0.1 ::ffff:7f00:1 ::FFFF:7F00:0001 0:0:0:0:0:ffff:7f00:1 ::ffff:0.0.0.0
::ffff:10.0.0.1 ::ffff:a00:1 ::ffff:172.16.0.1 ::ffff:192.168.1.1 ::ffff:c0a8:101 ::ffff:169.254.169.254
::ffff:a9fe:a9fe ::ffff:100.64.0.1 ::ffff:100.100.100.200 ::ffff:168.63.129.16 ::ffff:255.255.255.255
::ffff:0:127.0.0.1 ::ffff:0:10.0.0.1 ::ffff:0:8.8.8.8 ::ffff:0:169.254.169.254 64:ff9b::127.0.0.1 64:ff9b::7f00:1
64:ff9b::10.0.0.1 64:ff9b::192.168.1.1 64:ff9b::172.16.0.1 64:ff9b::169.254.169.254 64:ff9b::a9fe:a9fe
64:ff9b::100.64.0.1 64:ff9b::0.0.0.0 64:ff9b:1::1 64:ff9b:1::127.0.0.1 64:ff9b:1::8.8.8.8 64:ff9b:1:ffff::10.0.0.1
2002:7f00:1:: 2002:7f00:1::1 2002:a00:1::1 2002:c0a8:101::1 2002:ac10:1::1 2002:a9fe:a9fe::1 2002:808:808::1
2001::1 2001:0:7f00:1::1 2001:0:a9fe:a9fe::1 2001:0:808:808:0:0:80ff:fffe 2001:0:808:808:0:0:5601:5601 2001:1::1
2001:2::1 2001:3::1 2001:4:112::1 2001:10::1 2001:20::1 2001:30::1 2001:db8::1 2001:db8:ffff::1 2620:4f:8000::1
3fff::1 3fff:fff::1 100::1 100:0:0:1::1 5f00::1 fc00::1 fc00:1::1 fd00::1 fd00::c2 fd00:ec2::254 fd00:ec2::23
fd00:c1::a9fe:a9fe fd00:42::42 fd20:ce::254 fd12:3456:789a:1::1 fd7a:115c:a1e0::1 fdff:ffff::1 fe80::1
fe80::a9fe:a9fe fe80::5efe:1.1.1.1 febf::1 fec0::1 fec0:0:0:ffff::1 feff::1 ff01::1 ff02::1 ff02::fb ff05::1:3
ff0e::1 1000::1 4000::1 8000::1 c000::1 e000::1 f000::1 2606:4700::5efe:127.0.0.1 2606:4700::5efe:10.0.0.1
2606:4700::5efe:169.254.169.254 2606:4700::200:5efe:192.168.0.1
""")
SPELLED = words("""
127.1 127.0.1 127.0.0.01 127.00.00.01 2130706433 2130706434 017700000001 0x7f000001 0X7F000001
0x7f.0.0.1 0x7f.1 0x7F.0x0.0x0.0x1 0177.0.0.1 0177.1 0177.0.1 127.0x0.0.1 127.0.0x1 0 0x0 00000 0.0 10.1 10.0.1
0xa.1 012.1 012.0.0.1 167772161 0x0a000001 192.168.257 192.11010305 3232235777 0xC0A80101 0300.0250.1.1
0xc0.0xa8.0x1.0x1 172.1048577 2886729729 0xAC100001 2852039166 0xA9FEA9FE 025177524776 0251.0376.0251.0376
0xa9.0xfe.0xa9.0xfe 169.254.43518 169.16689662 0xa9.16689662 1684300744 4294967295 100.64.1 1684301000
""")
DIGITS = words("""
１２７.０.０.１ 127.0.0.１ 127．0．0．1 127。0。0。1 127｡0｡0｡1 ①②⑦.⓪.⓪.① ⓵⓶⓻.⓪.⓪.⓵ 𝟏𝟐𝟕.𝟎.𝟎.𝟏 𝟙𝟚𝟟.𝟘.𝟘.𝟙 𝟷𝟸𝟽.𝟶.𝟶.𝟷 ¹²⁷.⁰.⁰.¹
₁₂₇.₀.₀.₁ ２１３０７０６４３３ 𝟐𝟏𝟑𝟎𝟕𝟎𝟔𝟒𝟑𝟑 ０ｘ７ｆ０００００１ ０x7f.1 １６９.２５４.１６９.２５４ ①⑥⑨.②⑤④.①⑥⑨.②⑤④ 10｡0｡0｡1 𝟏𝟎.𝟎.𝟎.𝟏
１９２．１６８．１．１ 127.0.0.1。 127.0.0.1｡
""")
MARKED = words("""
127.0.0.1. 127.0.0.1.. 127.1. 2130706433. 0x7f.1. 169.254.169.254. 10.0.0.1. localhost. [::1%25lo] [::1%lo] [::1%251]
[fe80::1%25eth0] [fe80::1%eth0] [fe80::1%252] [fe80::a9fe:a9fe%25eth0] [2606:4700::1111%25eth0] [fd00:ec2::254%251]
[::ffff:127.0.0.1%25lo] 127.0.0.1%00 127.0.0.1%00.example.org 127.0.0.1%2e 127%2e0%2e0%2e1 %31%32%37.0.0.1 127.0.0.%31
%6c%6f%63alhost localhost%00 localhost%20 127.0.0.1%23 127.0.0.1%2f 1.1.1.1%0d%0a
""")
INTERNAL = words("""
localhost LOCALHOST LocalHost ｌｏｃａｌｈｏｓｔ ⓛⓞⓒⓐⓛⓗⓞⓢⓣ localhost.localdomain ip6-localhost ip6-loopback app.localhost a.b.localhost
localtest.me lvh.me 127.0.0.1.nip.io 127-0-0-1.sslip.io 7f000001.nip.io 10.0.0.1.nip.io 192-168-1-1.sslip.io
169.254.169.254.nip.io metadata metadata.google.internal metadata.goog instance-data instance-data.ec2.internal
metadata.azure.internal kubernetes kubernetes.default kubernetes.default.svc.cluster.local host.docker.internal
gateway.docker.internal host.containers.internal router.local printer.local db redis postgres intranet vault.internal
spoofed.burpcollaborator.example xn--lcalhost-n4a.example ①②⑦.nip.io
""")
PORTS = words("""
1 7 21 22 23 25 53 69 79 80 110 111 135 139 143 389 445 465 512 587 631 636 873 993 1080 1433 1521 2049 2375 2376 2379
3000 3128 3306 3389 4369 5000 5432 5601 5672 5900 5984 5985 6379 6443 6667 7001 8000 8080 8086 8500 8888 9000 9090 9092
9200 9300 10250 10255 11211 15672 27017 50070
""")
USERINFO = words(r"""
https://user@127.0.0.1:{port}/v1 https://user:secret@127.0.0.1:{port}/v1 https://1.1.1.1@127.0.0.1:{port}/v1
https://1.1.1.1:443@127.0.0.1:{port}/v1 https://public.example@127.0.0.1:{port}/v1 https://@127.0.0.1:{port}/v1
https://:@127.0.0.1:{port}/v1 https://public.example%40127.0.0.1:{port}/v1 https://a@b@127.0.0.1:{port}/v1
https://127.0.0.1:{port}@public.example/v1 https://127.0.0.1:{port}\@public.example/v1
https://public.example\@127.0.0.1:{port}/v1 https://public.example&@127.0.0.1:{port}#@public.example/
https://127.0.0.1:{port}#@public.example/v1 https://127.0.0.1:{port}?@public.example/v1
https://127.0.0.1:{port}/v1#public.example https://127.0.0.1:{port}/?public.example https://127.0.0.1:{port};public.example/
https://127.0.0.1\.public.example:{port}/ https://127.0.0.1{port}@[::1]:{port}/ https://[::1]:{port}@127.0.0.1:{port}/
https://user@[::ffff:127.0.0.1]:{port}/v1 https://key:key@localhost:{port}/v1
""")
SHAPES = words(r"""
http://127.0.0.1:{port}/v1 http://[::1]:{port}/v1 http://localhost:{port}/v1 http://public.example/v1 http://1.1.1.1/v1
HTTP://127.0.0.1:{port}/v1 hTTps://127.0.0.1:{port}/v1 https:127.0.0.1:{port}/v1 https:/127.0.0.1:{port}/v1
https:///127.0.0.1:{port}/v1 https:////127.0.0.1:{port}/v1 https:\\127.0.0.1:{port}\v1 https:\/\/127.0.0.1:{port}/
//127.0.0.1:{port}/v1 127.0.0.1:{port} localhost:{port}/v1 ///127.0.0.1:{port} https://127.0.0.1:0{port}/v1
https://127.0.0.1:/v1 https://127.0.0.1:0/v1 https://127.0.0.1:65536/v1 https://127.0.0.1:-1/v1 https://127.0.0.1:４４３/v1
https://[127.0.0.1]:{port}/v1 https://[::1:{port}/v1 https://::1:{port}/v1 https://[0x7f.1]:{port}/v1
https://[::ffff:0x7f.1]:{port}/v1 https://127.0.0.1:{port}/../v1 https://127.0.0.1:{port}//v1 https://./v1 https://../v1
ws://127.0.0.1:{port}/v1 wss://127.0.0.1:{port}/v1 ftp://127.0.0.1:{port}/ gopher://127.0.0.1:{port}/_x
dict://127.0.0.1:{port}/stat ldap://127.0.0.1:{port}/ tftp://127.0.0.1:{port}/x redis://127.0.0.1:{port}/0
file:///etc/passwd file://localhost/etc/passwd file:/etc/passwd FILE:///proc/self/environ file://127.0.0.1/etc/shadow
jar:https://127.0.0.1:{port}!/ netdoc:///etc/passwd data:text/plain,127.0.0.1 javascript:127.0.0.1
unix:///var/run/docker.sock http+unix://%2fvar%2frun%2fdocker.sock/v1 view-source:https://127.0.0.1:{port}/
blob:https://127.0.0.1:{port}/ about:blank urn:127.0.0.1
""")

_PUBLIC = ("1.1.1.1", "8.8.8.8", "2606:4700::1111", "2001:4860:4860::8888")
ADDRESSES = frozenset([*_PUBLIC, "64:ff9b::808:808", "::ffff:808:808", "2606:4700::5efe:808:808"])
"""Where a connection may go."""

NAMES: dict[str, tuple[list[str], ...]] = {
    "public.example": (["1.1.1.1"],),
    "both.public.example": (["2606:4700::1111", "8.8.8.8"],),
    "six.public.example": (["2001:4860:4860::8888"],),
    "nat64.public.example": (["64:ff9b::808:808"],),
    "xn--bcher-kva.example": (["1.1.1.1"],),
    "api.1password.example": (["8.8.8.8"],),
    "0x.example": (["8.8.8.8"],),
}
"""Name → its addresses, one list for each time that it is asked for, the last one for ever."""
RESOLVED = [f"n{i}.example" for i in range(len(PRIVATE[::2] + SECRET + IPV6[::3]))]
NAMES |= {
    name: ([address],)
    for name, address in zip(RESOLVED, PRIVATE[::2] + SECRET + IPV6[::3], strict=True)
}
_inside = ("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00:ec2::254", "::ffff:127.0.0.1")
MIXED = [f"mixed{i}.example" for i in range(2 * len(_inside))]
NAMES |= {
    name: (answer,)
    for name, answer in zip(
        MIXED, chain.from_iterable(([a, "1.1.1.1"], ["1.1.1.1", a]) for a in _inside), strict=True
    )
}
REBOUND = [f"rebound{i}.example" for i in range(2 * len(_inside))]
_meanings = (((["1.1.1.1"], [a]), ([a], ["1.1.1.1"])) for a in _inside)
NAMES |= dict(zip(REBOUND, chain.from_iterable(_meanings), strict=True))
"""DNS rebinding: the second look-up says something else than the first. A connection to the public address is none to these."""


class Target(NamedTuple):
    """One thing that may not be reached."""

    kind: str
    url: str


def _hosts(kind: str, hosts: list[str]) -> list[Target]:
    return [
        Target(kind, f"https://{f'[{h}]' if ':' in h and h[0] != '[' else h}:{{port}}/v1")
        for h in hosts
    ]


FORBIDDEN: tuple[Target, ...] = (
    *_hosts("private or reserved", PRIVATE),
    *_hosts("metadata", SECRET),
    *_hosts("IPv6", IPV6),
    *_hosts("decimal, octal, hex, short", SPELLED),
    *_hosts("unicode digits", DIGITS),
    *_hosts("dots, zones, escapes", MARKED),
    *_hosts("internal names", INTERNAL),
    *_hosts("names of such addresses", RESOLVED),
    *_hosts("names with one such address", MIXED),
    *_hosts("DNS rebinding", REBOUND),
    *(Target("ports", f"https://public.example:{port}/v1") for port in PORTS),
    *(Target("userinfo", url) for url in USERINFO),
    *(Target("shapes and schemes", url) for url in SHAPES),
)
"""All of them, each once."""

ALLOWED = words("""
https://1.1.1.1/v1 https://1.1.1.1:443/v1 https://1.1.1.1:4443/v1 https://1.1.1.1:8443/v1 https://8.8.8.8:9443/v1
https://8.8.8.8:10443/v1 https://[2606:4700::1111]/v1 https://[2606:4700:0:0::1111]:8443/v1
https://[64:ff9b::8.8.8.8]/v1 https://[::ffff:8.8.8.8]/v1 https://[2606:4700::5efe:8.8.8.8]/v1 https://public.example/v1
https://PUBLIC.example/v1 https://public.example./v1 https://public.example:8443/v1 https://both.public.example/v1
https://six.public.example/v1 https://nat64.public.example/v1 https://xn--bcher-kva.example/v1
https://api.1password.example/v1 https://0x.example/v1 https://public.example https://public.example:{port}/v1
""")
"""What may be reached through every door."""

_asked: dict[str, count[int]] = {}


def resolve(host: str) -> list[str] | None:
    """What the name's next look-up answers; INTERNAL names are this computer's, None for what nobody knows."""
    name = host.rstrip(".").lower()
    if name in NAMES:
        answers = NAMES[name]
        turn = next(_asked.setdefault(name, count()))
        return answers[min(turn, len(answers) - 1)]
    return ["127.0.0.1"] if any(name == known.lower() for known in INTERNAL) else None


def look_up_anew() -> None:
    """Every name answers its first answer next."""
    _asked.clear()
