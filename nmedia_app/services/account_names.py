def check_reserved_name(name):
	return None


def say_reserved(name, reserved):
	return ""
