#include "unit.h"

#include "base/buf.h"
#include "base/mem.h"
#include "dockerfile/steps.h"

/* history: created_by of each entry; '-' before it: an empty layer. want: "layer:dest<-source,source[!]"; ! = a RUN
 * step follows. */
static void one(const char *const *history, const char *want)
{
	json_auto_t *root = json_pack("{s:{s:[]}}", "rootfs", "diff_ids"), *list = json_array();
	CLEANUP_OCI_IMAGE_CONFIG struct oci_image_config c = {0};
	CLEANUP_DOCKERFILE_STEPS struct dockerfile_steps steps;
	CLEANUP_BUF struct buf got = {0};
	for (; *history; history++) {
		bool empty = **history == '-';
		json_array_append_new(list,
				      json_pack("{s:s,s:b}", "created_by", *history + empty, "empty_layer", empty));
		if (!empty)
			json_array_append_new(
			    json_object_get(json_object_get(root, "rootfs"), "diff_ids"),
			    json_string("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
	}
	json_object_set(root, "history", list);
	char *text = json_dumps(root, 0);
	assert_int_equal(oci_image_config_parse(text, strlen(text), &c, NULL), 0);
	free(text);
	dockerfile_steps_read(&c, &steps);
	buf_str(&got, "");
	for (size_t i = 0; i < steps.count; i++) {
		const struct dockerfile_step *s = &steps.items[i];
		buf_printf(&got, "%s%zu:%s<-", i ? " " : "", s->layer, s->dest);
		for (size_t k = 0; k < s->sources.count; k++)
			buf_printf(&got, "%s%s", k ? "," : "", s->sources.items[k]);
		buf_str(&got, s->run_follows ? "!" : "");
	}
	assert_string_equal(got.data, want);
}
#define ONE(want, ...) one((const char *const[]){__VA_ARGS__, NULL}, want)

static void histories(void **state)
{
	ONE("", "-CMD [\"x\"]");
	ONE("0:/app<-.", "COPY . /app # buildkit");
	ONE("0:/app<-.", "COPY ./ /app"); /* kaniko */
	ONE("1:/app/<-package.json,yarn.lock!", "WORKDIR /app", "COPY package.json ./yarn.lock ./ # buildkit",
	    "RUN /bin/sh -c yarn # buildkit");
	ONE("0:/srv/app/x<-src", "-WORKDIR /srv", "-WORKDIR app", "COPY src x # buildkit");
	ONE("0:/app<-src", "COPY --chown=1:1 --chmod=755 src /app # buildkit");
	ONE("0:/app<-", "/bin/sh -c #(nop) COPY dir:1f2e in /app ");
	ONE("0:/w/<-!", "-/bin/sh -c #(nop)  WORKDIR /w", "/bin/sh -c #(nop) COPY multi:1f2e in ./ ",
	    "/bin/sh -c make");
	/* not of the context */
	ONE("", "ADD file:1f2e in / ", "/bin/sh -c #(nop) ADD file:1f2e in / ", "ADD rootfs.tar.xz / # buildkit");
	ONE("", "COPY /out/app /app # buildkit", "COPY --from=build out /app # buildkit",
	    "ADD https://x/y /z # buildkit");
	ONE("", "COPY <<EOF /x # buildkit", "COPY ../x /x", "COPY /x", "COPY", "COPY [\"a b\", \"/c\"]");
	ONE("0:/<-conf", "ADD conf / # buildkit");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(histories),
	};
	return cmocka_run_group_tests_name("dockerfile/steps", tests, NULL, NULL);
}
