"""How this site writes in Spanish, where Django has another way: numbers as in Mexico, 1,234.5."""

DATETIME_FORMAT = r"j \d\e F \d\e Y, H:i T"
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","

# What is typed is read in one way alone, the same in each language (decision 0046).
DATE_INPUT_FORMATS = ["%Y-%m-%d"]
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S"]
DATETIME_INPUT_FORMATS = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]
