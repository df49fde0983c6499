"""Which messages of tests/notices are held back from whoever changes rules, and from learning."""


def cksum(data):
    """The checksum of cksum(1), which is not zlib's CRC-32."""
    crc = 0
    length = len(data)
    while length:
        data += bytes([length & 0xFF])
        length >>= 8
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1) ^ 0x104C11DB7 if crc & 0x80000000 else crc << 1
    return crc ^ 0xFFFFFFFF


def is_held_back(slug):
    return cksum(slug.encode()) % 6 == 3
