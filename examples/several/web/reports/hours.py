import collections
import datetime
import zoneinfo


def rows(query, arguments):
    zone = zoneinfo.ZoneInfo(arguments.get("zone", "Europe/Lisbon"))
    times = [row[0].astimezone(zone) for row in query("select at from visits")]
    offset = datetime.datetime(2024, 7, 1, tzinfo=zone).strftime("%z")
    return [(offset, sum(collections.Counter(time.hour for time in times).values()))]
