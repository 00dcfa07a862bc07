"""The six ways in: what each kind of person does from sign-in to done, by the keyboard alone."""
