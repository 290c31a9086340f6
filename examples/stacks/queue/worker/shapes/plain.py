def draw(on, text):
    on.text((10, 20), text, fill="black")
