/* net/exchange_state.h - an exchange and its client, as shared by the files of an exchange; private to lib/net/.
 * exchange_start.c: prepares and undoes. exchange_transfer.c: waiting and its time limits. exchange_options.c: curl's
 * options and callbacks. exchange_tls.c: certificates, and the reason of a TLS failure. exchange_dial.c: a socket
 * that is already connected.
 * Above these: exchange.c, which reads an answer as it comes; fetch.c with fetch_options.c, which take a whole
 * answer. */
#pragma once

#include <openssl/ssl.h>

#include "base/buf.h"
#include "base/progress.h"
#include "net/exchange_request.h"
#include "net/transfer.h"

/* The most that is held of a body being received: here, in curl's receive buffer, and in curl while we pause. */
#define NET_EXCHANGE_BUFFER (128u << 10)
#define NET_EXCHANGE_CURL_BUFFER (64u << 10)
#define NET_EXCHANGE_SEND_BUFFER (128u << 10)
/* Given to curl at once: while it is being written an early answer can arrive, and the connection break. */
#define NET_EXCHANGE_PIECE (64u << 10)
#define NET_EXCHANGE_PIECE_TLS (16u << 10) /* one record */
/* Bodies from here on wait for 100 Continue: who refuses one does so before it is sent. Smaller ones are gone in one
 * write. */
#define NET_EXCHANGE_EXPECT_SIZE ((16u << 10) + 1)

/* Facts that OpenSSL reports while it reads records. A connection outlives the exchange that opened it. */
struct net_exchange_tls {
	X509_STORE *store; /* whom we trust; NULL until it is needed */
	bool record;       /* something came */
	bool foreign;      /* and it does not begin as TLS does */
	bool asks;         /* for a certificate of ours */
	int alert;         /* the peer's last one; -1 = none */
	struct err failed; /* of a file of ours */
};

struct net_exchange_client {
	CURLM *multi;
	CURL *easy;
	struct net_exchange_peer peer; /* strings and ca_files are our own */
	struct strlist ca_files;
	struct net_exchange_tls tls;
	struct net_exchange *current; /* under way, NULL = none */
	bool keeps_cookies;           /* curl does */
	unsigned set_cookies;         /* that came since they were counted */
	char *in, *out;               /* NET_EXCHANGE_BUFFER and NET_EXCHANGE_SEND_BUFFER bytes */
};

struct net_fetch_request;

/* An answer that is taken at once, decoded. */
struct net_exchange_whole {
	const struct net_fetch_request *request;
	uint64_t keep; /* of body */
	struct buf body;
	uint64_t body_bytes;           /* of it that came, decoded */
	bool cut;                      /* more than enough: the rest was not read */
	unsigned set_cookies;          /* headers of the answer that set one */
	struct curl_slist *connect_to; /* the address, while curl needs it */
};

struct net_exchange {
	struct net_exchange_client *client;
	struct net_exchange_whole *whole; /* NULL = the body is read piece by piece, as it comes over the wire */
	struct progress progress;
	char *peer_name;                  /* for messages */
	const char *cert_file, *key_file; /* of the client; NULL = none */
	struct curl_slist *headers;
	struct net_transfer_answer answer;
	bool tls;
	bool connected;      /* and the request is being sent */
	uint16_t local_port; /* of our end, once it is */
	bool header_done;    /* that of the final answer is complete */
	bool ended;          /* curl is through with it */
	bool encoded;        /* the answer has a transfer coding other than chunks */
	struct err failed;   /* for good */
	struct {
		int fd;            /* what was dialled, until it takes the place of */
		int placeholder;   /* curl's socket, which is connected to */
		int listener;      /* -1 = closed, as fd */
		struct err failed; /* the dial function's own */
	} dial;
	char curl_says[CURL_ERROR_SIZE];

	/* The body of the answer: in[in_at..in_end). */
	size_t in_at, in_end;
	bool in_paused;
	bool discards; /* nobody wants the rest */
	size_t discarded;

	/* Our body: out[out_at..out_end). */
	struct io_reader *body;
	uint64_t body_size, body_read;
	size_t out_at, out_end;
	bool sends;          /* a body, be it empty */
	bool expects;        /* 100 Continue is asked for */
	bool refused_expect; /* with a 417: curl asks again */
	bool out_wanted;     /* curl asked for some */
	bool out_paused;
	bool out_last; /* the body ends at out_end */
	bool given;    /* some of it went to curl: it can't be sent again */
	bool resend;   /* which curl wanted to do */

	void (*closed)(void *ctx); /* NULL = nobody asked */
	void *closed_ctx;

	unsigned answer_timeout_ms;
	uint64_t sent, received, moved; /* bytes of our body, of the answer's, of all */
	uint64_t sent_at, moved_at;     /* when that last changed */
};
