from PIL import ImageFont

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"


def draw(on, text):
    on.rounded_rectangle((5, 5, 195, 55), 12, fill="navy")
    on.text((20, 18), text, fill="white", font=ImageFont.truetype(FONT, 18))
