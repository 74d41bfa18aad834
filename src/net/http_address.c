/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

static bool read_address(struct str s, unsigned char out[16])
{
	char z[INET6_ADDRSTRLEN];
	struct in_addr four;

	if (s.n >= sizeof z)
		return false;
	memcpy(z, s.p ? s.p : "", s.n);
	z[s.n] = '\0';
	if (inet_pton(AF_INET, z, &four) == 1) {
		memset(out, 0, 10);
		memset(out + 10, 0xff, 2);
		memcpy(out + 12, &four, 4);
		return true;
	}
	return inet_pton(AF_INET6, z, out) == 1;
}

bool http_read_network(struct str s, struct http_network *net)
{
	ptrdiff_t slash = str_find_char(s, '/');
	struct str address = slash < 0 ? s : str_slice(s, 0, (size_t)slash);
	bool four = str_find_char(address, ':') < 0;
	int64_t bits = four ? 32 : 128;

	if (!read_address(address, net->bytes))
		return false;
	if (slash >= 0) {
		int64_t most = bits;

		if (!str_int(str_slice(s, (size_t)slash + 1, s.n), &bits) || bits < 0 ||
		    bits > most)
			return false;
	}
	net->bits = (unsigned)bits + (four ? 96 : 0);
	return true;
}

static bool same_bits(const unsigned char *a, const unsigned char *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

bool http_in_network(struct str address, const struct http_network *nets, size_t n)
{
	unsigned char bytes[16];

	if (n == 0 || !read_address(address, bytes))
		return false;
	for (size_t i = 0; i < n; i++)
		if (same_bits(bytes, nets[i].bytes, nets[i].bits))
			return true;
	return false;
}

struct str http_show_address(struct arena *a, const struct sockaddr *sa)
{
	char z[INET6_ADDRSTRLEN] = "";

	if (sa && sa->sa_family == AF_INET) {
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, z,
			  sizeof z);
	} else if (sa && sa->sa_family == AF_INET6) {
		const struct in6_addr *six =
		    &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr;

		if (IN6_IS_ADDR_V4MAPPED(six))
			inet_ntop(AF_INET, six->s6_addr + 12, z, sizeof z);
		else
			inet_ntop(AF_INET6, six, z, sizeof z);
	}
	return str_dup(a, str_of(z));
}

static int open_socket(const struct addrinfo *ai)
{
	int on = 1;
	int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
	    bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, 4096) == 0)
		return fd;
	int saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static int bound_port(int fd)
{
	struct sockaddr_storage ss = {0};
	socklen_t n = sizeof ss;

	if (getsockname(fd, (struct sockaddr *)&ss, &n) != 0)
		return 0;
	if (ss.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)(void *)&ss)->sin6_port);
	return ntohs(((struct sockaddr_in *)(void *)&ss)->sin_port);
}

int http_listen(struct str listen, int *port, const char **why)
{
	char host[256], service[8];
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found;
	ptrdiff_t colon = -1;
	int fd;

	for (size_t i = 0; i < listen.n; i++)
		if (listen.p[i] == ':')
			colon = (ptrdiff_t)i;
	*why = "the address to listen on must look like 127.0.0.1:8080 or [::1]:8080";
	if (colon <= 0 || listen.n - (size_t)colon - 1 >= sizeof service)
		return -1;
	struct str h = str_slice(listen, 0, (size_t)colon);
	if (h.p[0] == '[' && h.p[h.n - 1] == ']')
		h = str_slice(h, 1, h.n - 1);
	if (h.n >= sizeof host)
		return -1;
	memcpy(host, h.p, h.n);
	host[h.n] = '\0';
	memcpy(service, listen.p + colon + 1, listen.n - (size_t)colon - 1);
	service[listen.n - (size_t)colon - 1] = '\0';
	if (getaddrinfo(host, service, &hints, &found) != 0)
		return -1;
	fd = open_socket(found);
	if (fd < 0)
		*why = errno == EADDRINUSE      ? "the address is in use already"
		       : errno == EACCES        ? "no permission to use this port"
		       : errno == EADDRNOTAVAIL ? "this machine does not have this address"
						: "the address cannot be listened on";
	freeaddrinfo(found);
	if (fd >= 0)
		*port = bound_port(fd);
	return fd;
}
