/* A client on the C library. It ends at the first thing that is not as it is to be,
   and says "done" if there is none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zookeeper.h>

#define IS(want, call)                                                          \
	do {                                                                    \
		int rc_ = (call);                                               \
		if (rc_ != (want)) {                                            \
			printf("line %d: %s: %d, want %d\n", __LINE__, #call, rc_, (want)); \
			exit(1);                                                \
		}                                                               \
	} while (0)

static void watcher(zhandle_t *zh, int type, int state, const char *path, void *ctx)
{
	static int was;
	if (type != ZOO_SESSION_EVENT)
		printf("event %d %s\n", type, path);
	else if (state == ZOO_CONNECTED_STATE)
		puts(was++ ? "back" : "connected");
	else if (state == ZOO_CONNECTING_STATE || state == ZOO_NOTCONNECTED_STATE)
		puts("lost");
	else
		printf("state %d\n", state);
}

static void authed(int rc, const void *data)
{
	printf("auth %d\n", rc);
}

static void several(zhandle_t *zh)
{
	zoo_op_t ops[4];
	zoo_op_result_t results[4];
	char path[64];
	struct Stat stat;
	zoo_create_op_init(&ops[0], "/c/m", "1", 1, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path);
	zoo_set_op_init(&ops[1], "/c/m", "22", 2, 0, &stat);
	zoo_check_op_init(&ops[2], "/c/m", 1);
	zoo_delete_op_init(&ops[3], "/c/m", 1);
	IS(ZOK, zoo_multi(zh, 4, ops, results));
	IS(2, stat.dataLength);
	zoo_check_op_init(&ops[2], "/c/m", 7);
	IS(ZBADVERSION, zoo_multi(zh, 4, ops, results));
	IS(ZOK, results[0].err);
	IS(ZBADVERSION, results[2].err);
	IS(ZRUNTIMEINCONSISTENCY, results[3].err);
	IS(ZNONODE, zoo_exists(zh, "/c/m", 0, NULL));
}

static void simple(zhandle_t *zh)
{
	char path[64], data[64];
	int len = sizeof data;
	struct Stat stat;
	struct String_vector names;
	IS(ZOK, zoo_create(zh, "/c", "x", 1, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path));
	IS(ZNODEEXISTS, zoo_create(zh, "/c", "x", 1, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path));
	IS(ZOK, zoo_create2(zh, "/c/s-", NULL, -1, &ZOO_OPEN_ACL_UNSAFE, ZOO_SEQUENCE, path, sizeof path, &stat));
	IS(0, strcmp(path, "/c/s-0000000000"));
	IS(ZOK, zoo_get(zh, path, 0, data, &len, &stat));
	IS(-1, len); /* null */
	IS(ZOK, zoo_set2(zh, path, "abc", 3, 0, &stat));
	IS(1, stat.version);
	IS(ZBADVERSION, zoo_set(zh, path, "abc", 3, 0));
	IS(ZNOTEMPTY, zoo_delete(zh, "/c", -1));
	IS(ZOK, zoo_get_children2(zh, "/c", 0, &names, &stat));
	IS(1, names.count);
	deallocate_String_vector(&names);
	IS(ZOK, zoo_delete(zh, path, 1));
	IS(ZNONODE, zoo_delete(zh, path, -1));
}

static void mine(zhandle_t *zh)
{
	struct ACL_vector acl;
	struct Stat stat;
	IS(ZOK, zoo_add_auth(zh, "digest", "me:secret", 9, authed, NULL));
	IS(ZOK, zoo_create(zh, "/c/mine", "m", 1, &ZOO_CREATOR_ALL_ACL, 0, NULL, 0));
	IS(ZOK, zoo_get_acl(zh, "/c/mine", &acl, &stat));
	IS(1, acl.count);
	IS(0, strcmp(acl.data[0].id.scheme, "digest"));
	IS(ZOK, zoo_set_acl(zh, "/c/mine", stat.aversion, &acl));
	IS(ZBADVERSION, zoo_set_acl(zh, "/c/mine", stat.aversion, &acl));
	deallocate_ACL_vector(&acl);
}

int main(int argc, char **argv)
{
	char line[16], data[64];
	int len = sizeof data;
	struct Stat stat;
	setvbuf(stdout, NULL, _IOLBF, 0);
	zoo_set_debug_level(ZOO_LOG_LEVEL_ERROR);
	zhandle_t *zh = zookeeper_init(argv[1], watcher, 10000, NULL, NULL, 0);
	for (int i = 0; zoo_state(zh) != ZOO_CONNECTED_STATE && i < 3000; i++)
		usleep(10000);
	simple(zh);
	several(zh);
	mine(zh);
	IS(ZOK, zoo_create(zh, "/c/watched", "w", 1, &ZOO_OPEN_ACL_UNSAFE, ZOO_EPHEMERAL, NULL, 0));
	IS(ZOK, zoo_wexists(zh, "/c/watched", watcher, NULL, &stat));
	int64_t id = zoo_client_id(zh)->client_id;
	puts("ready");
	fgets(line, sizeof line, stdin);

	IS(1, zoo_client_id(zh)->client_id == id);
	IS(ZOK, zoo_get(zh, "/c/mine", 0, data, &len, NULL));
	IS(ZOK, zoo_exists(zh, "/c/watched", 0, &stat));
	IS(1, stat.ephemeralOwner == id);
	zhandle_t *other = zookeeper_init(argv[1], NULL, 10000, NULL, NULL, 0);
	for (int i = 0; zoo_state(other) != ZOO_CONNECTED_STATE && i < 3000; i++)
		usleep(10000);
	IS(ZNOAUTH, zoo_get(other, "/c/mine", 0, data, &len, NULL));
	IS(ZOK, zookeeper_close(zh));
	IS(ZNONODE, zoo_exists(other, "/c/watched", 0, NULL));
	IS(ZOK, zookeeper_close(other));
	puts("done");
	return 0;
}
