"""The sample city with its round open and the city of real time, each copied from a file that is made once."""

from __future__ import annotations

from tests.city_fixtures import real_city, real_city_template
from tests.city_hall_fixtures import city_hall, city_hall_template
from tests.review_city_fixtures import made_city, made_city_template, review_city, review_city_template

__all__ = [
    "city_hall",
    "city_hall_template",
    "made_city",
    "made_city_template",
    "real_city",
    "real_city_template",
    "review_city",
    "review_city_template",
]
