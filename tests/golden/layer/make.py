"""The tars of make.sh that Python's tarfile writes."""
import io
import sys
import tarfile

OUT = sys.argv[1]


def add(tar, name, kind=tarfile.REGTYPE, data=b'', **fields):
    info = tarfile.TarInfo(name)
    info.type = kind
    info.size = len(data)
    info.mtime = fields.pop('mtime', 1000000000)
    for key, value in fields.items():
        setattr(info, key, value)
    tar.addfile(info, io.BytesIO(data))


def raw(text):
    return text.decode('utf-8', 'surrogateescape')


with tarfile.open(OUT + '/python-pax.tar', 'w', format=tarfile.PAX_FORMAT) as tar:
    add(tar, './', tarfile.DIRTYPE, mode=0o755)
    add(tar, raw(b'caf\xe9'), data=b'latin-1\n')  # with hdrcharset=BINARY
    add(tar, raw(b'cafe\xcc\x81'), data=b'decomposed\n')
    add(tar, 'big-owner', uid=3000000, gid=4294967294)
    add(tar, 'half', mtime=1000000000.5)
    add(tar, 'before-1970', mtime=-1.5)
    add(tar, 'just-before-1970', mtime=-0.25)
    add(tar, 'xattr', pax_headers={'SCHILY.xattr.user.a%b': 'plain', 'SCHILY.xattr.user.empty': '',
                                   'LIBARCHIVE.xattr.user.base64': 'AAH/AA'})
    add(tar, 'fifo', tarfile.FIFOTYPE, mode=0o600)
    add(tar, 'null', tarfile.CHRTYPE, devmajor=1, devminor=3, mode=0o666)
    add(tar, 'disk', tarfile.BLKTYPE, devmajor=259, devminor=70000, mode=0o660)
    add(tar, 'su', mode=0o4755)
    add(tar, '/abs//./olute/', tarfile.DIRTYPE, mode=0o1777)
    add(tar, 'hard', tarfile.LNKTYPE, linkname='/./su')
    add(tar, 'dangling', tarfile.SYMTYPE, linkname='../../no/where', mode=0o777)

with tarfile.open(OUT + '/python-gnu.tar', 'w', format=tarfile.GNU_FORMAT) as tar:
    add(tar, 'a' * 90 + '/' + 'b' * 90, data=b'x')
    add(tar, 'big-owner', uid=3000000, gid=4294967294)  # base-256
    add(tar, 'before-1970', mtime=-2)
    add(tar, 'old-directory/', tarfile.AREGTYPE, mode=0o755)
