def text():
    return "large: up to 30 kg\n"
