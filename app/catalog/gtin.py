"""GTINs, the numbers under bar codes."""


def check_digit(payload: str) -> int:
    """The last digit of a GTIN whose others are `payload`: weights 3 and 1 from the right, up to the next ten.

    GS1 General Specifications, section 7.9.1.
    """
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(payload)))
    return -weighted % 10


def is_gtin(digits: str) -> bool:
    """Whether this is a GTIN-8, -12, -13 or -14 with its right check digit."""
    is_number = digits.isascii() and digits.isdigit() and len(digits) in {8, 12, 13, 14}
    return is_number and check_digit(digits[:-1]) == int(digits[-1])
