"""What people of the second maker do by hand: forty-three ordinary kinds, and three beside automations of the home."""
