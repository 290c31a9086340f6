def text():
    return "small: under 1 kg\n"
