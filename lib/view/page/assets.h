/* view/page/assets.h - page.html with the style and the scripts of this folder in it, which embed.py makes. Plain ASCII
 * is not asked for. */
#pragma once

extern const char view_page_begin[]; /* up to the data */
extern const char view_page_end[];
