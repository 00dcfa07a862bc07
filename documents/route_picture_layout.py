"""Where everything stands in the picture of a route: rows from top to bottom, days from left to right, in px.

Labels stand to the right of what they name, as low as they can without touching another: placed from right to left,
no line that leads to a label ever crosses one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from documents.project_labels import label
from documents.route_picture_parts import Box, Layout, Look, Mark, Rule, Said
from documents.route_picture_words import (
    ending_word,
    goal_name,
    path_name,
    path_text,
    result_word,
    standing_word,
    tick_lines,
    trial_name,
    turn_name,
)
from documents.text_width import columns, wrapped
from domain.key_project import ENDING, RouteOutcome, TrialResult
from domain.route import CheckInStanding, Lane, Route, TrialPoint, Turn
from i18n import translate

WIDTH = 760
"""Wide enough for two years, narrow enough that its letters can be read on A4."""
_LEFT, _RIGHT = 84, 624  # of the days; names of rows stand before, the end of the way behind
_LINE = 17  # of a text of 12 px
_COLUMN = 6.4  # px of a half-width character
_GAP = 8
_STUB = 48  # px that a path goes on after it was left
_MOST_LABELLED = 40
_TICK_ROOM = 74


_RESULTS = {
    TrialResult.WORKED: Look.WORKED,
    TrialResult.PARTLY: Look.PARTLY,
    TrialResult.DID_NOT_WORK: Look.LEARNT,
    TrialResult.UNCLEAR: Look.UNCLEAR,
    None: Look.RUNNING,
}
_STANDINGS = {standing: Look(standing.value) for standing in CheckInStanding}


def layout(route: Route, language: str) -> Layout:
    """The whole picture."""
    return _Drawing(route, language).draw()


@dataclass(frozen=True)
class _Label:
    x: float
    text: str
    look: Look = Look.SAID


def levels(labels: Sequence[_Label]) -> list[int]:
    """How high each label stands (0: lowest). A label begins where what it names is."""
    found = [0] * len(labels)
    begins: list[float] = []  # of the last label placed on each level, which lies to the right
    for index in sorted(range(len(labels)), key=lambda i: labels[i].x, reverse=True):
        end = labels[index].x + _width(labels[index].text) + _GAP
        # Above every label that its own line would cross, and above those that stand at the same place.
        level = max((i + 1 for i, begin in enumerate(begins) if begin < end), default=0)
        begins[level : level + 1] = [labels[index].x]
        found[index] = level
    return found


def _width(text: str) -> float:
    return columns(text) * _COLUMN


class _Drawing:
    def __init__(self, route: Route, language: str) -> None:
        self.route, self.language = route, language
        self.layout = Layout()
        self.y = 4.0
        self.lines: dict[int, float] = {}  # lane → where its way runs
        self._days = max((route.last_on - route.first_on).days, 1)

    def draw(self) -> Layout:
        if self.route.mark:
            self.layout.texts.append(Said(WIDTH - 4, self.y + 8, self.route.mark, Look.SAMPLE, ends=True))
            self.y += _LINE + 4
        top = self.y
        self._goals()
        for lane in self.route.lanes:
            self._lane(lane)
        self._way()
        self._events()
        self._check_ins()
        self._teams()
        self._axis(top)
        self._legend()
        self.layout.height = self.y + 4
        return self.layout

    # ---- Rows

    def _goals(self) -> None:
        """Every goal ever held, side by side: the earlier ones stay to be read."""
        last, until = self.route.goals[-1], self.route.now.until
        texts = []
        for goal in self.route.goals:
            begin, end = self._x(goal.since), self._x(goal.until or until)
            name = goal_name(goal.number, self.language)
            # The last goal may have begun just now: then its words stand behind its box.
            is_behind = goal is last and end - begin < 160
            room = (WIDTH - end if is_behind else end - begin) - 10
            is_narrow = room < _width(name)
            lines = [str(goal.number)] if is_narrow else _lines(f"{name} {goal.goal}", room, 5)
            texts.append((goal, begin, end, end + 6 if is_behind else begin + 5, lines))
        height = max(len(lines) for *_, lines in texts) * _LINE + 8
        self._row_name(translate(self.language, "目標"), self.y + 4 + _LINE / 2)
        for goal, begin, end, x, lines in texts:
            look = Look.GOAL_NOW if goal is last else Look.GOAL_BEFORE
            self.layout.boxes.append(Box(begin, self.y, max(end, begin + 3), self.y + height, look))
            self._block(x, self.y + 4 + _LINE / 2, lines)
        self._next_row(self.y + height)

    def _lane(self, lane: Lane) -> None:
        """A path: its name, the labels of what happened on it, and room for the way itself."""
        route = self.route
        begin = self._x(lane.since)
        self._row_name(path_name(lane.number, self.language), self.y + _LINE / 2)
        to_right, to_left = WIDTH - begin - 12, begin - _LEFT - 8
        is_left = to_right < 240 and to_left > to_right and lane.number > 1
        named = _lines(path_text(lane.path, self.language), to_left if is_left else to_right, 2)
        # Beside the line by which the way comes from another lane.
        self._block(begin - 8 if is_left else begin + 8, self.y + _LINE / 2, named, ends=is_left)
        self.y += len(named) * _LINE + 4

        points: list[tuple[float, Turn | TrialPoint]] = [
            (self._x(turn.on), turn) for turn in route.turns if turn.lane == lane.number
        ]
        points += [(self._x(point.on), point) for point in route.trials if point.lane == lane.number]
        points.sort(key=lambda found: (found[0], isinstance(found[1], TrialPoint)))
        raised = _raised([x for x, _ in points], [isinstance(what, Turn) for _, what in points])
        labels = [_Label(x, _cut(self._label(what), WIDTH - x - 6), self._label_look(what)) for x, what in points]
        labelled = [i for i, one in enumerate(labels) if one.text]
        heights = dict(zip(labelled, levels([labels[i] for i in labelled]), strict=True))
        stacks = max(raised, default=0)
        line = self.y + (max(heights.values(), default=-1) + 1) * _LINE + stacks * 15 + 12
        self.lines[lane.number] = line
        for index, (x, what) in enumerate(points):
            y = line - raised[index] * 15
            look = self._mark_look(what)
            if look is not None:
                self.layout.marks.append(Mark(x, y, look))
            if index in heights:
                label_y = line - stacks * 15 - 12 - heights[index] * _LINE - _LINE / 2
                self.layout.rules.append(Rule(x, y - 6, x, label_y - 4, Look.LEADER))
                self.layout.texts.append(Said(x + 4, label_y, labels[index].text, labels[index].look))
        self._next_row(line + 18 + (self._end_room() if lane.number == route.now.lane else 0))

    def _way(self) -> None:
        """The way itself over all lanes, the paths that were left, and its end."""
        route = self.route
        for dead_end in route.dead_ends:
            self._dead_end(dead_end.lane, self._x(dead_end.left_on), dead_end.resumed_on)
        for index, stretch in enumerate(route.stretches):
            y, width = self.lines[stretch.lane], min(3 + 2 * (stretch.width - 1), 9)
            begin, end = self._x(stretch.since), self._x(stretch.until)
            self.layout.rules.append(Rule(begin, y, end, y, Look.WAY, width))
            following = route.stretches[index + 1] if index + 1 < len(route.stretches) else None
            if following is not None and following.lane != stretch.lane:
                self.layout.rules.append(Rule(end, y, end, self.lines[following.lane], Look.WAY, 3))
        x, y = self._x(route.now.until), self.lines[route.now.lane]
        self.layout.marks.append(Mark(x + (0 if route.ending else 3), y, Look.ENDED if route.ending else Look.NOW))
        self._block(x + 12, y + self._end_below(), self._end_lines(), look=Look.STRONG)

    def _dead_end(self, lane: int, x: float, resumed_on: date | None) -> None:
        y = self.lines[lane]
        if resumed_on is not None:
            self.layout.rules.append(Rule(x, y, self._x(resumed_on), y, Look.DEAD_END, 2))
            return
        said = translate(self.language, "%(path)sはここまで", path=path_name(lane, self.language))
        end = min(x + _STUB, WIDTH - 8)
        self.layout.rules.append(Rule(x, y, end, y, Look.DEAD_END, 2))
        self.layout.rules.append(Rule(end, y - 6, end, y + 6, Look.LEADER, 2))
        if end + 6 + _width(said) <= WIDTH:
            self.layout.texts.append(Said(end + 6, y, said, Look.SOFT))

    def _events(self) -> None:
        if not self.route.events:
            return
        labels = []
        for event in self.route.events:
            text = _cut(f"{label(event.kind, self.language)} {event.title}", 280)
            x = self._x(event.on)
            labels.append(_Label(x, _cut(text, max(WIDTH - x - 4, 96))))
        heights = levels(labels)
        line = self.y + max(heights) * _LINE + _LINE + 10
        self._row_name(translate(self.language, "出来事"), line)
        for event, one, level in zip(self.route.events, labels, heights, strict=True):
            x, y = self._x(event.on), line - 10 - level * _LINE - _LINE / 2
            self.layout.marks.append(Mark(x, line, Look.EVENT))
            self.layout.rules.append(Rule(x, line - 5, x, y - 4, Look.LEADER))
            self.layout.texts.append(Said(x + 4, y, one.text))
        self._next_row(line + 10)

    def _check_ins(self) -> None:
        if not self.route.check_ins:
            return
        line = self.y + 8
        self._row_name(translate(self.language, "状況確認"), line)
        self.layout.rules.append(Rule(_LEFT, line, self._x(self.route.now.until), line, Look.LEADER))
        self.layout.marks += [Mark(self._x(c.on), line, _STANDINGS[c.standing]) for c in self.route.check_ins]
        self._next_row(line + 9)

    def _teams(self) -> None:
        if not self.route.teams:
            return
        self._row_name(translate(self.language, "チーム"), self.y + 10)
        for team in self.route.teams:
            begin = self._x(team.founded_on)
            end = self._x(team.dissolved_on or self.route.now.until)
            self.layout.boxes.append(Box(begin, self.y, max(end, begin + 3), self.y + 20, Look.TEAM))
            is_late = WIDTH - begin < 160
            name = _cut(team.name, (begin - _LEFT if is_late else WIDTH - begin) - 10)
            self.layout.texts.append(Said(begin - 5 if is_late else begin + 5, self.y + 10, name, ends=is_late))
            self.y += 22
        self._next_row(self.y)

    def _axis(self, top: float) -> None:
        """Months as the year of an office counts them, from April; of a short route its first and last day."""
        route, y = self.route, self.y
        days = _months(route.first_on, route.last_on, (_RIGHT - _LEFT) / _TICK_ROOM)
        with_day = len(days) < 2
        if with_day:
            days = [route.first_on] if route.first_on == route.last_on else [route.first_on, route.last_on]
        if route.ending is None and route.today < route.last_on:
            self.layout.rules.append(Rule(self._x(route.today), top, self._x(route.today), y, Look.TODAY))
        for day in days:
            x = self._x(day)
            self.layout.rules.append(Rule(x, top, x, y, Look.GRID))
            self._block(x + 3, y + 8, tick_lines(day, self.language, with_day=with_day), look=Look.SOFT)
        self.y += 2 * _LINE + 6

    def _legend(self) -> None:
        looks = self._looks()
        x = float(_LEFT)
        for look, said in looks:
            room = 14 + _width(said) + 14
            if x + room > WIDTH and x > _LEFT:
                x, self.y = float(_LEFT), self.y + _LINE + 1
            self.layout.marks.append(Mark(x + 6, self.y + 8, look))
            self.layout.texts.append(Said(x + 16, self.y + 8, said, Look.SOFT))
            x += room
        self.y += _LINE

    # ---- Words and looks

    def _looks(self) -> list[tuple[Look, str]]:
        """What the marks mean, of those that are drawn."""
        drawn = {mark.look for mark in self.layout.marks}
        say = partial(translate, self.language)
        trial, decision, check_in = say("試行"), say("決定"), say("状況確認")
        known = [(look, trial, result_word(result, self.language)) for result, look in _RESULTS.items()]
        known += [
            (Look.TURN, decision, ""),
            (Look.GOES_ON, decision, label(RouteOutcome.CONTINUE, self.language)),
            (Look.EVENT, say("出来事"), ""),
        ]
        known += [(_STANDINGS[s], check_in, standing_word(s, self.language)) for s in CheckInStanding]
        return [
            (look, say("%(name)s：%(said)s", name=name, said=said) if said else name)
            for look, name, said in known
            if look in drawn
        ]

    def _label(self, what: Turn | TrialPoint) -> str:
        if isinstance(what, Turn):
            if what.outcome is RouteOutcome.CONTINUE or self._is_end(what):
                return ""
            return f"{turn_name(what.number, self.language)} {label(what.outcome, self.language)}"
        name = trial_name(what.trial.number, self.language)
        is_crowded = len(self.route.trials) > _MOST_LABELLED
        return str(what.trial.number) if is_crowded else f"{name} {result_word(what.trial.result, self.language)}"

    def _label_look(self, what: Turn | TrialPoint) -> Look:
        return Look.STRONG if isinstance(what, Turn) else Look.SAID

    def _mark_look(self, what: Turn | TrialPoint) -> Look | None:
        if isinstance(what, TrialPoint):
            return _RESULTS[what.trial.result]
        if self._is_end(what):
            return None
        return Look.GOES_ON if what.outcome is RouteOutcome.CONTINUE else Look.TURN

    def _is_end(self, turn: Turn) -> bool:
        """Whether the end of the way stands for a decision: it has the mark and the words."""
        return self.route.ending is not None and turn.outcome in ENDING

    def _end_lines(self) -> list[str]:
        ending = self.route.ending
        decided = [turn_name(turn.number, self.language) for turn in self.route.turns if self._is_end(turn)]
        said = ending_word(ending, self.language) if ending else translate(self.language, "現在")
        said = " ".join((*decided[-1:], said))
        return _lines(said, WIDTH - self._x(self.route.now.until) - 14, 4)

    def _end_below(self) -> float:
        """A trial may have ended after the project did: then the words of the end stand below its mark."""
        now = self.route.now
        return _LINE if any(p.lane == now.lane and p.on > now.until for p in self.route.trials) else 0

    def _end_room(self) -> float:
        return (len(self._end_lines()) - 1) * _LINE + self._end_below()

    # ---- Places

    def _x(self, day: date) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (day - self.route.first_on).days / self._days

    def _row_name(self, name: str, y: float) -> None:
        self.layout.texts.append(Said(4, y, name, Look.NAME))

    def _block(self, x: float, y: float, lines: Sequence[str], *, look: Look = Look.SAID, ends: bool = False) -> None:
        self.layout.texts += [Said(x, y + i * _LINE, line, look, ends) for i, line in enumerate(lines)]

    def _next_row(self, bottom: float) -> None:
        self.layout.rules.append(Rule(0, bottom + 5, WIDTH, bottom + 5, Look.GRID))
        self.y = bottom + 12


def _raised(places: Sequence[float], stays: Sequence[bool]) -> list[int]:
    """How many marks high each mark stands over the way, so that none hides another; who `stays` stands on it."""
    found = [0] * len(places)
    taken: list[tuple[float, int]] = [(x, 0) for x, stay in zip(places, stays, strict=True) if stay]
    for index, (x, stay) in enumerate(zip(places, stays, strict=True)):
        if not stay:
            near = {level for other, level in taken if abs(other - x) < 13}
            found[index] = min(set(range(len(near) + 1)) - near)
            taken.append((x, found[index]))
    return found


def _months(first: date, last: date, most: float) -> list[date]:
    """First days of months between two days, no more than `most`, spread as quarters, halves or years from April."""
    for step in (1, 3, 6, 12, 24, 60, 120):
        found = [
            date(year, month, 1)
            for year in range(first.year, last.year + 1)
            for month in range(1, 13)
            if ((year * 12 + month - 4) % step == 0) and first <= date(year, month, 1) <= last
        ]
        if len(found) <= most:
            return found
    return []


def _lines(text: str, room: float, most: int) -> list[str]:
    return wrapped(text, max(int(room / _COLUMN), 2), most)


def _cut(text: str, room: float) -> str:
    return _lines(text, room, 1)[0]
