#include "unit.h"

#include "probe/openapi/dump.h"
#include "probe/openapi/schema/encode.h"
#include "probe/openapi/schema/pattern.h"
#include "probe/openapi/schema/value.h"

/* schema, in a document that has further schemas (single quotes for double ones): the value as JSON, or "none". */
static void in_document(const char *schemas, const char *schema, const char *name, const char *want)
{
	CLEANUP_OPENAPI_DOCUMENT struct openapi_document d = {.dir = -1};
	CLEANUP_FREE char *text =
	    mem_printf("{'openapi':'3.1.0','components':{'schemas':{%s}},'it':%s}", schemas, schema);
	CLEANUP_FREE char *json = quoted(text), *wanted = quoted(want);
	CLEANUP_BUF struct buf got = {0};
	json_auto_t *root = NULL;
	assert_int_equal(openapi_document_parse(json, strlen(json), "doc", &root, NULL), 0);
	assert_int_equal(openapi_document_init(&d, root, -1, "doc", NULL), 0);
	json_auto_t *v = openapi_value(&d, json_object_get(root, "it"), name);
	if (v)
		openapi_json(v, &got);
	assert_string_equal(v ? got.data : "none", wanted);
}

static void one(const char *schema, const char *want)
{
	in_document("", schema, NULL, want);
}

static void scalars(void **state)
{
	one("{}", "'string'");
	one("true", "'string'");
	one("false", "none");
	one("{'type':'boolean'}", "true");
	one("{'type':'null'}", "null");
	one("{'type':['null','integer']}", "1");
	one("{'type':'integer','minimum':7}", "7");
	one("{'type':'integer','minimum':7.2,'exclusiveMinimum':false}", "8");
	one("{'type':'integer','minimum':7,'exclusiveMinimum':true,'multipleOf':5}", "10");
	one("{'type':'integer','exclusiveMaximum':-3}", "-4");
	one("{'type':'integer','maximum':0}", "0");
	one("{'type':'integer','minimum':1e300}", "9007199254740992");
	one("{'type':'integer','multipleOf':1e-300}", "1");
	one("{'type':'number'}", "1.5");
	one("{'maximum':0.25}", "0.25");
	one("{'type':'number','multipleOf':0.4,'maximum':1.7}", "1.6");
	one("{'type':'string','minLength':8}", "'stringst'");
	one("{'type':'string','maxLength':2}", "'st'");
	one("{'type':'string','format':'date-time'}", "'2024-01-15T12:00:00Z'");
	one("{'type':'string','format':'unheard-of'}", "'string'");
	in_document("", "{'type':'string'}", "contactEmail", "'user@example.com'");
	in_document("", "{'type':'string'}", "petId", "'1'");
	in_document("", "{'type':'string'}", "paid", "'string'");
}

static void given_by_the_author(void **state)
{
	one("{'type':'integer','example':4,'default':5,'enum':[6]}", "4");
	one("{'type':'integer','default':5,'enum':[6,5]}", "5");
	one("{'enum':['a','b']}", "'a'");
	one("{'const':{'a':1}}", "{'a':1}");
	one("{'examples':[7,8],'default':1}", "7");
	one("{'example':null,'enum':[null,'x']}", "'x'");
}

static void lists(void **state)
{
	one("{'type':'array'}", "['string']");
	one("{'type':'array','items':{'type':'integer'},'minItems':3}", "[1,1,1]");
	one("{'type':'array','items':{'type':'integer'},'minItems':3,'uniqueItems':true}", "[1,2,3]");
	one("{'type':'array','items':{'type':'string'},'minItems':2,'uniqueItems':true}", "['string','string2']");
	one("{'type':'array','items':{'type':'integer'},'maxItems':0}", "[]");
	one("{'prefixItems':[{'type':'integer'},{'type':'boolean'}]}", "[1,true]");
	one("{'items':{'type':'integer'},'minItems':99}", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]");
}

static void objects(void **state)
{
	one("{'type':'object'}", "{}");
	one("{'properties':{'a':{'type':'integer'},'b':{'readOnly':true},'c':{'writeOnly':true}}}",
	    "{'a':1,'c':'string'}");
	one("{'type':'object','additionalProperties':{'type':'integer'}}", "{'key':1}");
	one("{'type':'object','additionalProperties':true}", "{}");
	in_document("'Id':{'type':'string','readOnly':true}",
		    "{'properties':{'id':{'$ref':'#/components/schemas/Id'},'a':{'type':'integer'}}}", NULL, "{'a':1}");
}

static void composed(void **state)
{
	static const char schemas[] =
	    "'Base':{'type':'object','properties':{'kind':{'type':'string'},'n':{'type':'integer','example':3}},"
	    "'discriminator':{'propertyName':'kind'}},"
	    "'Cat':{'allOf':[{'$ref':'#/components/schemas/"
	    "Base'},{'properties':{'n':{'minimum':2},'m':{'type':'boolean'}}}]},"
	    "'Any':{'oneOf':[{'type':'null'},{'$ref':'#/components/schemas/Nowhere'},{'$ref':'#/components/schemas/"
	    "Cat'}]}";
	in_document(schemas, "{'$ref':'#/components/schemas/Cat'}", NULL, "{'kind':'Cat','n':3,'m':true}");
	in_document(schemas, "{'$ref':'#/components/schemas/Base'}", NULL, "{'kind':'Base','n':3}");
	in_document(schemas, "{'$ref':'#/components/schemas/Any'}", NULL, "{'kind':'Cat','n':3,'m':true}");
	in_document(schemas, "{'$ref':'#/components/schemas/Nowhere'}", NULL, "none");
	in_document(schemas, "{'$ref':'#/components/schemas/Cat','description':'beside','example':{'a':1}}", NULL,
		    "{'a':1}");
	one("{'anyOf':[false]}", "none");
	one("{'allOf':[{'type':'integer','example':8}],'nullable':true}", "8");
	one("{'allOf':[{'properties':{'a':{}},'example':{'a':'x'}},{'properties':{'b':{}}}]}",
	    "{'a':'string','b':'string'}");
	one("{'properties':{'a':{'type':'integer'}},'oneOf':[{'properties':{'b':{'type':'integer'}}}]}",
	    "{'b':1,'a':1}");
}

static void what_lies_in_itself(void **state)
{
	static const char schemas[] =
	    "'Node':{'properties':{'v':{'type':'integer'},'next':{'$ref':'#/components/schemas/Node'},"
	    "'all':{'type':'array','items':{'$ref':'#/components/schemas/Node'}}}},"
	    "'Expr':{'oneOf':[{'$ref':'#/components/schemas/Sum'},{'type':'integer'}]},"
	    "'Sum':{'required':['left'],'properties':{'left':{'$ref':'#/components/schemas/Expr'}}},"
	    "'Must':{'required':['me'],'properties':{'me':{'$ref':'#/components/schemas/Must'}}},"
	    "'A':{'$ref':'#/components/schemas/B'},'B':{'$ref':'#/components/schemas/A'},"
	    "'All':{'allOf':[{'$ref':'#/components/schemas/All'},{'properties':{'a':{'type':'integer'}}}]}";
	in_document(schemas, "{'$ref':'#/components/schemas/Node'}", NULL, "{'v':1,'all':[]}");
	in_document(schemas, "{'$ref':'#/components/schemas/Expr'}", NULL, "{'left':1}");
	in_document(schemas, "{'$ref':'#/components/schemas/Must'}", NULL, "{'me':null}");
	in_document(schemas, "{'$ref':'#/components/schemas/A'}", NULL, "none");
	in_document(schemas, "{'$ref':'#/components/schemas/All'}", NULL, "{'a':1}");
}

/* Eight levels of eight properties each would be sixteen million values. */
static void what_is_wide_and_deep(void **state)
{
	CLEANUP_BUF struct buf schemas = {0}, got = {0};
	CLEANUP_OPENAPI_DOCUMENT struct openapi_document d = {.dir = -1};
	for (int i = 0; i < 8; i++) {
		buf_printf(&schemas, "%s'S%d':{'properties':{", i ? "," : "", i);
		for (int k = 0; k < 8; k++)
			buf_printf(&schemas, "%s'p%d':{'$ref':'#/components/schemas/S%d'}", k ? "," : "", k, i + 1);
		buf_str(&schemas, "}}");
	}
	buf_str(&schemas, ",'S8':{'type':'integer'}");
	CLEANUP_FREE char *text = mem_printf("{'openapi':'3.0.0','components':{'schemas':{%s}}}", schemas.data);
	CLEANUP_FREE char *json = quoted(text);
	json_auto_t *root = NULL, *schema = json_pack("{s:s}", "$ref", "#/components/schemas/S0");
	assert_int_equal(openapi_document_parse(json, strlen(json), "doc", &root, NULL), 0);
	assert_int_equal(openapi_document_init(&d, root, -1, "doc", NULL), 0);
	json_auto_t *v = openapi_value(&d, schema, NULL);
	openapi_json(v, &got);
	assert_true(got.len > 1000 && got.len < 100000);
}

static void pattern_one(const char *pattern, size_t min, const char *want)
{
	CLEANUP_FREE char *got = openapi_pattern_make(pattern, min);
	assert_string_equal(got ? got : "none", want);
}

static void patterns(void **state)
{
	pattern_one("", 0, "");
	pattern_one("^abc$", 0, "abc");
	pattern_one("^[a-z]+$", 4, "aaaa");
	pattern_one("^[^a-z]{2,3}$", 0, "AA");
	pattern_one("^[A-Z]{2}\\d{4}$", 0, "AA1111");
	pattern_one("^(foo|bar)-?[0-9]*(?:x|y)$", 0, "foo-1x");
	pattern_one("^\\w+@\\w+\\.[a-z]{2,}$", 0, "a@a.aa");
	pattern_one("^[\\w.-]+$", 0, "a");
	pattern_one("^[\\]]$", 0, "]");
	pattern_one("a{3", 0, "none");
	pattern_one("a{,3}", 0, "a{,3}");
	pattern_one("^(?=x)x$", 0, "none");
	pattern_one("(a)\\1", 0, "none");
	pattern_one("[[:alpha:]]", 0, "none");
	pattern_one("[", 0, "none");
	pattern_one("(", 0, "none");
	pattern_one(")", 0, "none");
	pattern_one("*", 0, "none");
	pattern_one("\\", 0, "none");
	pattern_one("((a{4096}){4096})", 0, "none");
	pattern_one("^(?<year>\\d{4})$", 0, "1111");
	pattern_one("^(?<=x)y$", 0, "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(scalars),  cmocka_unit_test(given_by_the_author),
	    cmocka_unit_test(lists),    cmocka_unit_test(objects),
	    cmocka_unit_test(composed), cmocka_unit_test(what_lies_in_itself),
	    cmocka_unit_test(patterns), cmocka_unit_test(what_is_wide_and_deep),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
