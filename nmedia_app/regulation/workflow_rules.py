"""Whether a workflow, as an administrator drew it, keeps what the regulation asks for.

States are the administrator's to name, add and remove. What each of them means is its stage; which stage may
follow which, and who may vouch for a document, is fixed here. The rules are asked when a workflow is saved
(all faults are told at once), and again at each step: a workflow may have been changed behind the app's back.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from nmedia_app import roles
from nmedia_app.phrases import Name, Names, Phrase, _
from nmedia_app.regulation.conditions import Vocabulary, find_condition_faults
from nmedia_app.regulation.review import (
	APPROVED,
	CLOSED,
	DRAFT,
	IN_REVIEW,
	MEETING,
	OPEN,
	PUBLISHED,
	REJECTED,
	REPORTED,
	RETURNED,
	STAGES,
	UNDER_REVIEW,
	WITHDRAWN,
	is_endorsement,
	is_with_authors,
)

#: whether documents at a stage are submitted: what was approved cannot be changed any more
DOC_STATUS: Final = {
	**dict.fromkeys(STAGES, 0),
	**dict.fromkeys((APPROVED, PUBLISHED, REPORTED, WITHDRAWN, CLOSED), 1),
}
#: roles that everybody has who can log in, or nobody has to be given
EVERYBODY: Final = frozenset(("All", "Guest", "Desk User"))


@dataclass(frozen=True)
class Kind:
	"""What the workflow of a document type is made of.

	`steps` has for each stage those from which a document may come to it (besides itself), `needed` the
	stages that a document must be able to come to, each with what would not be possible without it; at `ends`
	a document may stay for good.
	"""

	steps: Mapping[str, frozenset[str]]
	needed: Mapping[str, str]
	ends: frozenset[str]
	expected: Mapping[str, str] = field(default_factory=dict)


MUST_BEGIN_AS_DRAFT: Final = _("A document begins at the first state: its stage must be {0}.")
_NO_APPROVAL = _("Without it nothing can ever be approved.")

KINDS: Final[Mapping[str, Kind]] = {
	"Article Review": Kind(
		steps={
			DRAFT: frozenset((IN_REVIEW, RETURNED)),
			IN_REVIEW: frozenset((DRAFT, RETURNED)),
			RETURNED: frozenset((IN_REVIEW,)),
			APPROVED: frozenset((IN_REVIEW,)),
			PUBLISHED: frozenset((APPROVED,)),
			WITHDRAWN: frozenset((DRAFT, IN_REVIEW, RETURNED, APPROVED, PUBLISHED)),
		},
		needed={
			APPROVED: _NO_APPROVAL,
			PUBLISHED: _("Without it nobody can register that an article was published (Article 7)."),
		},
		ends=frozenset((PUBLISHED, WITHDRAWN)),
	),
	"Account Filing": Kind(
		steps={
			DRAFT: frozenset((IN_REVIEW, MEETING, RETURNED)),
			IN_REVIEW: frozenset((DRAFT, MEETING, RETURNED)),
			MEETING: frozenset((DRAFT, IN_REVIEW, RETURNED)),
			RETURNED: frozenset((IN_REVIEW, MEETING)),
			APPROVED: frozenset((IN_REVIEW, MEETING)),
			REPORTED: frozenset((APPROVED,)),
			WITHDRAWN: frozenset((DRAFT, IN_REVIEW, MEETING, RETURNED)),
		},
		needed={
			APPROVED: _NO_APPROVAL,
			REPORTED: _("Without it nobody can record the report to the Publicity Department (Article 5)."),
		},
		ends=frozenset((REPORTED, WITHDRAWN)),
		expected={
			MEETING: _("The form asks for the decision of the unit's meeting at this stage (Article 5)."),
		},
	),
	"Annual Audit": Kind(
		steps={
			DRAFT: frozenset((IN_REVIEW, RETURNED)),
			IN_REVIEW: frozenset((DRAFT, RETURNED, REJECTED)),
			RETURNED: frozenset((IN_REVIEW, REJECTED)),
			APPROVED: frozenset((IN_REVIEW,)),
			REJECTED: frozenset((IN_REVIEW,)),
		},
		needed={APPROVED: _NO_APPROVAL},
		ends=frozenset((APPROVED, REJECTED)),
		expected={REJECTED: _("Without it the head of the unit can only return an audit (Article 6).")},
	),
	"Annual Audit Round": Kind(
		steps={
			DRAFT: frozenset(),
			OPEN: frozenset((DRAFT,)),
			CLOSED: frozenset((OPEN,)),
			REPORTED: frozenset((CLOSED,)),
		},
		needed={
			OPEN: _("Without it no audit can be opened (Article 6)."),
			CLOSED: _("Without it no account falls due for closing (Article 6)."),
			REPORTED: _("Without it nobody can record the report to the Publicity Department (Article 6)."),
		},
		ends=frozenset((REPORTED,)),
	),
}


@dataclass(frozen=True)
class State:
	"""A row of the table of states: `row` counts from 1."""

	row: int
	name: str
	doc_status: int
	stage: str | None
	allow_edit: str = ""


@dataclass(frozen=True)
class Transition:
	"""A row of the table of transitions: `row` counts from 1."""

	row: int
	state: str
	action: str
	next_state: str
	role: str
	self_approval: bool = False
	condition: str = ""


@dataclass(frozen=True)
class RoleFacts:
	"""What a role may do with the document type (`read`, `write`, `submit`), and whether anybody has it."""

	rights: frozenset[str]
	has_users: bool = True


@dataclass(frozen=True)
class Definition:
	"""A workflow; `documents` counts those under way in each state, also in states that it has no more."""

	document_type: str
	states: tuple[State, ...]
	transitions: tuple[Transition, ...]
	documents: Mapping[str, int] = field(default_factory=dict)

	@property
	def kind(self) -> Kind:
		return KINDS[self.document_type]

	@property
	def by_name(self) -> dict[str, State]:
		"""The states by their name: of several rows of a state, the first."""
		return {state.name: state for state in reversed(self.states)}

	@property
	def ways(self) -> dict[str, set[str]]:
		"""From each state, to which others a transition leads."""
		ways: dict[str, set[str]] = {state.name: set() for state in self.states}
		for way in self.transitions:
			if way.state in ways and way.next_state in ways and way.state != way.next_state:
				ways[way.state].add(way.next_state)
		return ways


@dataclass(frozen=True)
class Fault(Phrase):
	"""What is wrong, and with which row; with none if with the workflow as a whole."""

	place: Phrase | None = None

	def say(self, translate=str) -> str:
		sentence = super().say(translate)
		if not self.place:
			return sentence
		return translate(_("In {0}: {1}")).format(self.place.say(translate), sentence)


def at_state(state: State, phrase: Phrase) -> Fault:
	place = Phrase(_("row {0} of the states ({1})"), (state.row, Name(state.name)))
	return Fault(phrase.message, phrase.params, place)


def at_transition(way: Transition, phrase: Phrase) -> Fault:
	names = (way.row, Name(way.state), Name(way.next_state))
	place = Phrase(_("row {0} of the transitions ({1} → {2})"), names)
	return Fault(phrase.message, phrase.params, place)


# a single step, asked also when it is taken


def find_state_faults(document_type: str, stage: str | None, doc_status: int) -> Iterator[Phrase]:
	"""Yield what is wrong with what a state means."""
	kind = KINDS.get(document_type)
	if not kind:
		return
	if stage not in kind.steps:
		yield Phrase(
			_(
				"It does not say what it means. Please enter “stage” as Update Field, and as Update Value"
				" one of: {0}"
			),
			(say_stages(kind.steps),),
		)
	elif doc_status != DOC_STATUS[stage]:
		sentence = (
			_("At the stage {0} a document is submitted. Please enter 1 as Doc Status.")
			if DOC_STATUS[stage]
			else _("At the stage {0} a document is not submitted yet. Please enter 0 as Doc Status.")
		)
		yield Phrase(sentence, (Name(stage),))


def find_step_faults(
	document_type: str, from_stage: str | None, to_stage: str | None, role: str
) -> Iterator[Phrase]:
	"""Yield what forbids a step from one stage to another to whoever has the role (Articles 5 to 7)."""
	kind = KINDS.get(document_type)
	from_stage = from_stage or DRAFT
	if not kind or from_stage not in kind.steps or to_stage not in kind.steps:
		return
	if from_stage not in (to_stage, *kind.steps[to_stage]):
		yield refuse_way(from_stage, to_stage)
	if is_endorsement(from_stage, to_stage) and role in EVERYBODY:
		yield Phrase(
			_("Everybody has the role {0}, authors too. Please name the role of those who review."),
			(Name(role),),
		)
	if to_stage == APPROVED != from_stage and role == roles.EDITOR:
		yield Phrase(
			_(
				"{0} would approve: those who write do not approve (Article 7)."
				" Please name the role of the leader who does."
			),
			(Name(role),),
		)


def refuse_way(from_stage: str, to_stage: str) -> Phrase:
	sentences = {
		APPROVED: _(
			"It would be approved without a review (Article 7)."
			" Please let the transition begin at a state of the stage {2}."
		),
		PUBLISHED: _("Nothing is published before it is approved (Article 7)."),
		REPORTED: _("What is reported to the Publicity Department was approved, or closed, before."),
	}
	sentence = sentences.get(
		to_stage,
		_("From the stage {0} no step leads to the stage {1}. Please choose another next state."),
	)
	return Phrase(sentence, (Name(from_stage), Name(to_stage), Name(IN_REVIEW)))


def say_stages(stages: Iterable[str]) -> Phrase:
	"""Name stages as they are entered, each with what it is called."""
	return Stages("", tuple(stages))


class Stages(Phrase):
	def say(self, translate=str) -> str:
		return "、".join(
			stage if translate(stage) == stage else f"{stage}（{translate(stage)}）" for stage in self.params
		)


# the workflow as a whole


def find_faults(
	definition: Definition, role_facts: Mapping[str, RoleFacts], vocabulary: Vocabulary
) -> list[Fault]:
	"""Return everything for which a workflow cannot be used, in the order of its rows."""
	if not definition.states or not definition.transitions:
		return [Fault(_("A workflow has states, and transitions between them. Please add them."))]
	of_states = [*find_faults_of_states(definition, role_facts)]
	return [
		*of_states,
		*find_faults_of_transitions(definition, role_facts, vocabulary),
		*find_lost_states(definition),
		*([] if of_states else find_missing_ways(definition)),
	]


def find_faults_of_states(definition: Definition, role_facts: Mapping[str, RoleFacts]) -> Iterator[Fault]:
	first = definition.states[0]
	seen: dict[str, State] = {}
	for state in definition.states:
		for phrase in find_state_faults(definition.document_type, state.stage, state.doc_status):
			yield at_state(state, phrase)
		if state is first and state.stage in definition.kind.steps and state.stage != DRAFT:
			yield at_state(
				state,
				Phrase(MUST_BEGIN_AS_DRAFT, (Name(DRAFT),)),
			)
		earlier = seen.setdefault(state.name, state)
		if earlier is not state and is_contradiction(earlier, state):
			yield at_state(
				state,
				Phrase(
					_(
						"It is entered in row {0} already."
						" Please remove one of them, or give it another role."
					),
					(earlier.row,),
				),
			)
		if is_with_authors(state.stage):
			yield from find_missing_rights(state, role_facts)


def is_contradiction(one: State, other: State) -> bool:
	"""Several rows of a state are for several roles that may edit; they agree in everything else."""
	same = (one.stage, one.doc_status) == (other.stage, other.doc_status)
	return not same or one.allow_edit == other.allow_edit


def find_missing_rights(state: State, role_facts: Mapping[str, RoleFacts]) -> Iterator[Fault]:
	missing = get_missing_rights(role_facts.get(state.allow_edit), ("read", "write"))
	if missing:
		yield at_state(state, say_missing_rights(state.allow_edit, missing))


def get_missing_rights(facts: RoleFacts | None, wanted: Iterable[str]) -> tuple[str, ...]:
	"""Return which rights a role lacks; none if nothing is known of it."""
	return tuple(right for right in wanted if facts and right not in facts.rights)


def say_missing_rights(role: str, missing: Iterable[str]) -> Phrase:
	names = {"read": _("Read"), "write": _("Write"), "submit": _("Submit")}
	return Phrase(
		_("The role {0} lacks the right to: {1}. Please give it in the Role Permissions Manager."),
		(Name(role), Names(params=tuple(names[right] for right in missing))),
	)


def find_faults_of_transitions(
	definition: Definition, role_facts: Mapping[str, RoleFacts], vocabulary: Vocabulary
) -> Iterator[Fault]:
	for way in definition.transitions:
		for phrase in find_transition_faults(definition, way, role_facts):
			yield at_transition(way, phrase)
		for phrase in find_condition_faults(way.condition, vocabulary):
			yield at_transition(way, phrase)
	yield from find_ambiguous_transitions(definition.transitions)


def find_transition_faults(
	definition: Definition, way: Transition, role_facts: Mapping[str, RoleFacts]
) -> Iterator[Phrase]:
	states = definition.by_name
	if unknown := [name for name in (way.state, way.next_state) if name not in states]:
		yield Phrase(_("{0} is not among the states. Please add it there."), (Name(unknown[0]),))
		return
	state, next_state = states[way.state], states[way.next_state]
	if state.doc_status > next_state.doc_status:
		yield Phrase(_("What is submitted does not become a draft again. Please choose another next state."))
	elif state.stage:
		yield from find_step_faults(definition.document_type, state.stage, next_state.stage, way.role)
	if is_endorsement(state.stage, next_state.stage) and way.self_approval:
		yield Phrase(
			_("Nobody reviews what they wrote themselves (Article 7). Please untick Allow Self Approval.")
		)
	wanted = ("read", "write", "submit") if next_state.doc_status else ("read", "write")
	if missing := get_missing_rights(role_facts.get(way.role), wanted):
		yield say_missing_rights(way.role, missing)


def find_ambiguous_transitions(transitions: Iterable[Transition]) -> Iterator[Fault]:
	seen: dict[tuple, Transition] = {}
	for way in transitions:
		key = (way.state, way.action, way.role, way.condition.strip())
		earlier = seen.setdefault(key, way)
		if earlier is way:
			continue
		sentence = (
			_("It is entered in row {0} already. Please remove one of them.")
			if earlier.next_state == way.next_state
			else _(
				"The same button leads elsewhere in row {0}. Please give each a condition, or another action."
			)
		)
		yield at_transition(way, Phrase(sentence, (earlier.row,)))


def find_lost_states(definition: Definition) -> Iterator[Fault]:
	"""States that no way leads to, and those that nobody can leave although nothing ends there."""
	reached = get_reached(definition.ways, [definition.states[0].name])
	for state in definition.by_name.values():
		if state.name not in reached and not definition.documents.get(state.name):
			yield at_state(
				state,
				Phrase(
					_("No transition leads here. Please add one, or remove the state with its transitions.")
				),
			)
	yield from find_dead_ends(definition)


def find_dead_ends(definition: Definition) -> Iterator[Fault]:
	ways, states = definition.ways, definition.by_name
	ends = {name for name, state in states.items() if state.stage in definition.kind.ends}
	for name, state in states.items():
		if name in ends:
			continue
		if not ways[name]:
			yield at_state(state, Phrase(_("Nobody can leave it: please add a transition that begins here.")))
		elif ends and not get_reached(ways, [name]) & ends:
			yield at_state(
				state,
				Phrase(
					_("From here no way leads to an end, which is: {0}"),
					(Names(params=tuple(sorted(ends))),),
				),
			)


def get_reached(ways: Mapping[str, Iterable[str]], begin: Iterable[str]) -> set[str]:
	"""Return the states to which ways lead, those where one begins included."""
	reached, waiting = set(begin), list(begin)
	while waiting:
		new = set(ways.get(waiting.pop(), ())) - reached
		reached |= new
		waiting += new
	return reached


def get_gathered(definition: Definition) -> set[str]:
	"""Return the states of which every document in them was gathered since it was sent (Article 6).

	Those under review to which no way leads from the authors but through a step of the General Office. Where
	it takes none, it is what only has to be approved.
	"""
	stages = {name: state.stage for name, state in definition.by_name.items()}
	ways = [way for way in definition.transitions if way.state in stages and way.next_state in stages]
	begin = [name for name, stage in stages.items() if is_with_authors(stage)]
	of_others: dict[str, set[str]] = {name: set() for name in stages}
	for way in ways:
		if way.role != roles.GENERAL_OFFICE or way.state in begin:
			of_others[way.state].add(way.next_state)
	passed = get_reached(definition.ways, begin) - get_reached(of_others, begin)
	return {name for name in passed if stages[name] in UNDER_REVIEW} or {
		way.state
		for way in ways
		if way.next_state in of_others[way.state]
		and stages[way.state] in UNDER_REVIEW
		and stages[way.next_state] == APPROVED
	}


def find_missing_ways(definition: Definition) -> Iterator[Fault]:
	there = get_stages_reached(definition)
	for stage, reason in definition.kind.needed.items():
		if stage not in there:
			yield Fault(
				_(
					"No way leads to a state of the stage {0}. {1}"
					" Please add such a state, and a transition to it."
				),
				(Name(stage), Phrase(reason)),
			)


def get_stages_reached(definition: Definition) -> set[str | None]:
	reached = get_reached(definition.ways, [definition.states[0].name])
	return {state.stage for name, state in definition.by_name.items() if name in reached}


# what may be meant, and should be known


def find_warnings(definition: Definition, role_facts: Mapping[str, RoleFacts]) -> list[Fault]:
	"""Return what an administrator should know of a workflow that can be used."""
	if not definition.states:
		return []
	return [
		*find_roles_of_nobody(definition, role_facts),
		*find_states_left_behind(definition),
		*find_documents_left_behind(definition),
		*find_open_doors(definition),
		*find_reviews_without_return(definition),
		*find_unusual_approvers(definition),
		*find_missing_expected(definition),
	]


def find_roles_of_nobody(definition: Definition, role_facts: Mapping[str, RoleFacts]) -> Iterator[Fault]:
	waiting: dict[str, list[str]] = {}
	for role, state in get_awaited(definition):
		facts = role_facts.get(role)
		if facts and not facts.has_users and state not in waiting.setdefault(role, []):
			waiting[role].append(state)
	for role, states in waiting.items():
		yield Fault(
			_("Nobody has the role {0}, so documents would wait for nobody at: {1}. Please give it to {2}."),
			(
				Name(role),
				Names(params=tuple(states)),
				Phrase(WHO_SHOULD_HAVE.get(role, _("those who decide there"))),
			),
		)


def get_awaited(definition: Definition) -> Iterator[tuple[str, str]]:
	"""Yield each role that a document waits for, and in which state: to take a step, or to write."""
	yield from ((way.role, way.state) for way in definition.transitions)
	yield from ((state.allow_edit, state.name) for state in definition.states if is_with_authors(state.stage))


WHO_SHOULD_HAVE: Final = {
	roles.EDITOR: _("those who write and edit, and administer accounts"),
	roles.SECTION_CHIEF: _("the heads of the sections"),
	roles.DIVISION_LEADER: _("the leader of the division who answers for publicity"),
	roles.GENERAL_OFFICE: _("the people of the General Office"),
	roles.UNIT_HEAD: _("the head of the unit"),
}


def find_states_left_behind(definition: Definition) -> Iterator[Fault]:
	reached = get_reached(definition.ways, [definition.states[0].name])
	for name, state in definition.by_name.items():
		if name not in reached and (count := definition.documents.get(name)):
			yield at_state(
				state,
				Phrase(
					_("No transition leads here any more. It stays for {0} documents that have it still."),
					(count,),
				),
			)


def find_documents_left_behind(definition: Definition) -> Iterator[Fault]:
	for name, count in definition.documents.items():
		if count and name not in definition.by_name:
			yield Fault(
				_("{0} documents have the status {1}, which is gone: move them, or add the state again."),
				(count, Name(name)),
			)


def find_open_doors(definition: Definition) -> Iterator[Fault]:
	"""Who may edit while others review; proof-readers correct what they read, others wait for the result."""
	reviewing = {(way.state, way.role) for way in definition.transitions}
	for state in definition.states:
		is_open = state.allow_edit in (roles.EDITOR, *EVERYBODY)
		if state.stage in UNDER_REVIEW and is_open and (state.name, state.allow_edit) not in reviewing:
			yield at_state(
				state,
				Phrase(
					_("{0} can change the content here, while it is reviewed."),
					(Name(state.allow_edit),),
				),
			)


def find_reviews_without_return(definition: Definition) -> Iterator[Fault]:
	states = definition.by_name
	for name, state in states.items():
		nexts = [states[following] for following in definition.ways[name]]
		if state.stage in UNDER_REVIEW and all(
			is_endorsement(state.stage, following.stage) for following in nexts
		):
			yield at_state(
				state,
				Phrase(_("Whoever reviews here can only agree: no transition returns or withdraws.")),
			)


def find_unusual_approvers(definition: Definition) -> Iterator[Fault]:
	"""Article 7: the leader of the division who answers for publicity approves articles."""
	states = definition.by_name
	for way in definition.transitions:
		next_state = states.get(way.next_state)
		if definition.document_type != "Article Review" or not next_state or next_state.stage != APPROVED:
			continue
		from_stage = states[way.state].stage if way.state in states else None
		if from_stage != APPROVED and way.role not in (roles.DIVISION_LEADER, roles.UNIT_HEAD):
			yield at_transition(
				way,
				Phrase(
					_("{0} approves. Article 7 asks for a leader of the division who answers for publicity."),
					(Name(way.role),),
				),
			)


def find_missing_expected(definition: Definition) -> Iterator[Fault]:
	there = get_stages_reached(definition)
	for stage, reason in definition.kind.expected.items():
		if stage not in there:
			yield Fault(_("No way leads to a state of the stage {0}. {1}"), (Name(stage), Phrase(reason)))
