#include <string.h>

#include "report/inspect/findings_view.h"
#include "text/json.h"

static json_t *text(const char *s)
{
	return s ? json_bytes(s, strlen(s)) : json_null();
}

static json_t *number(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *layer_json(uint32_t layer)
{
	return layer == FINDINGS_NO_LAYER ? json_null() : number(layer + 1ull);
}

static json_t *places_json(const struct findings_item *i)
{
	json_t *list = json_array();
	for (size_t k = 0; k < i->n_places; k++)
		json_array_append_new(list, json_pack("{s:o, s:o, s:o}", "path", text(i->places[k].path), "bytes",
						      number(i->places[k].bytes), "files", number(i->places[k].files)));
	return list;
}

static json_t *finding_json(const struct findings_item *i, const struct oci_image_config *c)
{
	json_t *o =
	    json_pack("{s:s, s:s, s:s, s:s, s:s}", "rule", i->rule->id, "kind", findings_kind_names[i->rule->kind],
		      "severity", findings_severity_names[i->rule->severity], "title", i->rule->title, "where",
		      findings_where_names[i->where]);
	json_object_set_new(o, "path", text(i->path));
	/* The name that a fact brings is a word of its advice. */
	json_object_set_new(o, "name", text(i->rule->match == FINDINGS_BY_FACT ? NULL : i->name));
	json_object_set_new(o, "line", i->line ? number(i->line) : json_null());
	json_object_set_new(o, "bytes", number(i->bytes));
	json_object_set_new(o, "count", number(i->count));
	json_object_set_new(o, "places", places_json(i));
	json_object_set_new(o, "layer", layer_json(i->layer));
	json_object_set_new(o, "removed_by", layer_json(i->removed));
	json_object_set_new(o, "created_by",
			    text(i->layer == FINDINGS_NO_LAYER ? NULL : oci_image_config_created_by(c, i->layer)));
	json_object_set_new(o, "advice", text(i->advice));
	return o;
}

json_t *report_findings_json(const struct findings *f, const struct oci_image_config *config)
{
	json_t *list = json_array();
	for (size_t i = 0; i < f->count; i++)
		json_array_append_new(list, finding_json(&f->items[i], config));
	return list;
}

json_t *report_verdict_json(const struct findings *f)
{
	return json_pack("{s:b, s:o, s:o}", "minimal", f->minimal, "fat_bytes", number(f->fat_bytes), "dangers",
			 number(f->dangers));
}

json_t *report_base_json(const struct findings_base *b)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "name", text(b->name), "digest", text(b->digest), "source",
			 text(b->source), "layers", b->layers ? number(b->layers) : json_null(), "system",
			 text(b->system));
}
