frappe.provide("nmedia.working_days");

const ONE_DAY = 24 * 60 * 60 * 1000;

/**
 * Count the working days from one date to another (ISO strings): the last is counted, the first is not;
 * negative when the second date is past. Holidays are known from last year to next year.
 */
nmedia.working_days.count = (from, to) => {
	const [start, end] = [at_noon(from), at_noon(to)];
	let count = 0;
	for (let time = Math.min(start, end) + ONE_DAY; time <= Math.max(start, end); time += ONE_DAY)
		count += is_working_day(new Date(time)) ? 1 : 0;
	return start <= end || !count ? count : -count;
};

/** Say how long it is until a date, or since: `text`, and the `colour` of its indicator. */
nmedia.working_days.describe = (due) => {
	const today = frappe.datetime.get_today();
	const left = nmedia.working_days.count(today, due);
	if (at_noon(due) === at_noon(today)) return { text: __("Due today"), colour: "orange" };
	if (at_noon(due) > at_noon(today)) {
		const is_near = left <= frappe.boot.nmedia_calendar.remind_days;
		return {
			text: __("Working days left: {0}", [left]),
			colour: is_near ? "orange" : "green",
		};
	}
	const text = left ? __("Overdue by {0} working days", [-left]) : __("Overdue");
	return { text, colour: "red" };
};

function is_working_day(day) {
	const exception = frappe.boot.nmedia_calendar.exceptions[day.toISOString().slice(0, 10)];
	return exception === undefined ? day.getUTCDay() % 6 !== 0 : Boolean(exception);
}

function at_noon(date) {
	return Date.parse(`${date.slice(0, 10)}T12:00:00Z`);
}
