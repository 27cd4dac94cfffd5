"""A second maker of homes with planted habits, by other assumptions than tests/homes.py.

People live first (`people.py`): work weeks, shifts, schools, holidays, sleep; what they do follows from where they are.
Homes have about 270 entities in ten rooms, most of a person's doings at a wall and so without a cause. Nothing is drawn
around a minute alone: a day has a mood, a habit a skew, and now and then somebody forgets for an hour.
"""
