# Reads a data frame from an installed R package's lazy-load database, so that
# labelled reviews that Debian has as an R package need no R.  Only the types
# that such tables are made of.

import bz2
import lzma
import struct
import zlib


class Reader:
    """R's serialisation, XDR form."""

    def __init__(self, data):
        self.data, self.at, self.seen = data, 0, []
        if self.take(2) != b'X\n':
            raise ValueError('not R data in XDR form')
        version, _, _ = self.int(), self.int(), self.int()
        if version == 3:
            self.take(self.int())

    def take(self, n):
        self.at += n
        return self.data[self.at - n:self.at]

    def int(self):
        return struct.unpack('>i', self.take(4))[0]

    def numbers(self, form):
        n = self.int()
        return list(struct.unpack(f'>{n}{form}',
                                  self.take(n * struct.calcsize(form))))

    def item(self):
        flags = self.int()
        kind = flags & 255
        if kind in (254, 253, 252, 251, 242, 241):      # nil, environments
            return None
        if kind == 255:                                 # seen before
            return self.seen[(flags >> 8 or self.int()) - 1]
        if kind == 1:                                   # symbol
            self.seen.append(self.item())
            return self.seen[-1]
        if kind == 9:                                   # one string
            n = self.int()
            return None if n < 0 else self.take(n).decode('utf-8', 'replace')
        if kind == 2:                                   # pair list
            if flags & 0x200:
                self.item()
            tag = self.item() if flags & 0x400 else None
            value = self.item()
            return [(tag, value)] + (self.item() or [])
        if kind in (10, 13):
            value = self.numbers('i')
        elif kind == 14:
            value = self.numbers('d')
        elif kind in (16, 19):                          # strings, list
            value = [self.item() for _ in range(self.int())]
        else:
            raise ValueError(f'R type {kind} is not read here')
        return value, dict(self.item() or []) if flags & 0x200 else {}


def unpack(data):
    form, body = data[4:5], data[5:]
    if form == b'Z':
        return lzma.decompress(body, lzma.FORMAT_RAW, filters=[
            {'id': lzma.FILTER_LZMA2, 'preset': 6 | lzma.PRESET_EXTREME}])
    if form == b'2':
        return bz2.decompress(body)
    return zlib.decompress(data[4:])


def table(base, name):
    """Columns of the table: a dictionary of lists; factors are strings."""
    with open(base + '.rdx', 'rb') as file:
        index = Reader(zlib.decompress(file.read(), 47)).item()
    rows, names = index[0], index[1]['names'][0]
    places, tags = rows[names.index('variables')]
    offset, length = places[tags['names'][0].index(name)][0]
    with open(base + '.rdb', 'rb') as file:
        file.seek(offset)
        columns, more = Reader(unpack(file.read(length))).item()
    out = {}
    for key, (value, attributes) in zip(more['names'][0], columns):
        if 'levels' in attributes:
            levels = attributes['levels'][0]
            value = [levels[i - 1] for i in value]
        out[key] = value
    return out
