"""django-crm (BottleCRM) over REST: what it has, what it demands of values, reading and writing."""
