"""The random numbers of @xdeep/core once more, so that an oracle sees the same perturbations as a test: xoshiro128** by Blackman and Vigna (2021)."""

WORD = 0xFFFFFFFF


class Draws:
    """`createRandom(seed)`, stream 0."""

    def __init__(self, seed: int):
        base = scramble(seed)
        self.state = [scramble(base ^ word) for word in (0x9E3779B9, 0x3C6EF372, 0xDAA66D2B, 0x78DDE6E4)]

    def bits(self) -> int:
        a, b, c, d = self.state
        result = (rotated(b * 5 & WORD, 7) * 9) & WORD
        shifted = b << 9 & WORD
        c ^= a
        d ^= b
        self.state = [a ^ d, b ^ c, c ^ shifted, rotated(d, 11)]
        return result

    def uniform(self) -> float:
        return (self.bits() + 0.5) / 2**32

    def below(self, n: int) -> int:
        end = 2**32 // n * n
        while (word := self.bits()) >= end:
            pass
        return word % n

    def shuffle(self, items: list[int], count: int) -> list[int]:
        """The first `count` places, each of which may hold any of the whole list; in place."""
        for i in range(min(count, len(items) - 1)):
            k = i + self.below(len(items) - i)
            items[i], items[k] = items[k], items[i]
        return items[:count]


def scramble(word: int) -> int:
    mixed = (word ^ word >> 16) * 0x85EBCA6B & WORD
    mixed = (mixed ^ mixed >> 13) * 0xC2B2AE35 & WORD
    return mixed ^ mixed >> 16


def rotated(word: int, by: int) -> int:
    return (word << by | word >> 32 - by) & WORD
