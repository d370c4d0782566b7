"""How this site writes dates in French, where Django has another way: 17 novembre 2017 à 14:30."""

DATETIME_FORMAT = "j F Y à H:i T"

# What is typed is read in one way alone, the same in each language (decision 0046).
DATE_INPUT_FORMATS = ["%Y-%m-%d"]
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S"]
DATETIME_INPUT_FORMATS = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]
