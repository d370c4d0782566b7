"""How this site writes dates in French, where Django has another way: 17 novembre 2017 à 14:30."""

DATETIME_FORMAT = "j F Y à H:i"
