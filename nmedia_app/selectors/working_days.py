from datetime import timedelta


def add_working_days(day, count):
	while count:
		day += timedelta(1)
		count -= day.weekday() < 5
	return day
