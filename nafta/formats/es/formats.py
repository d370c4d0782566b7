"""How this site writes in Spanish, where Django has another way: numbers as in Mexico, 1,234.5."""

DATETIME_FORMAT = r"j \d\e F \d\e Y, H:i"
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
