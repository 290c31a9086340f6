/* transport/engine/tar_split.h - reads what an engine stores of the tar of a layer that it unpacked: every byte but the
 * files' contents, for putting the tar together again. Spec: github.com/vbatts/tar-split, tar/storage (JSON lines,
 * compressed): type 2 are bytes of the tar (headers, padding), type 1 is a file whose content belongs there. Private to
 * lib/transport/engine/. */
#pragma once

#include "transport/image.h"

/* The whole of fd (owned from then on) read once: fills what layer_unpacked has of a tar. ERR_UNSUPPORTED: it tells
 * something that can't be told there. */
int engine_tar_split_read(int fd, struct layer_unpacked *out, struct err *err) MUST_CHECK;
