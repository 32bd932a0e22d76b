"""Random kills for minutes: does the engine lose, double or forget anything?"""
