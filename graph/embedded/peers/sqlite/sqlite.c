/* Events in SQLite, one row an event. ../README.md says what was tried.
 *
 *   sqlite load text|numbers DATA DB        prints what it took, as JSON
 *   sqlite query text|numbers DATA DB OUT   writes answers and times to OUT
 *
 * With text a node is its name, such as actor/7; with numbers, the bare 7.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { STEPS = 50, MOST = 1 << 16 };

static int numbers;
static sqlite3 *db;

static void die(const char *what) {
	fprintf(stderr, "sqlite: %s: %s\n", what, db ? sqlite3_errmsg(db) : "failed");
	exit(1);
}

static void run(const char *sql) {
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) die(sql);
}

static sqlite3_stmt *prepare(const char *sql) {
	sqlite3_stmt *s;
	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) != SQLITE_OK) die(sql);
	return s;
}

/* next steps a statement and tells whether there is a row. */
static int next(sqlite3_stmt *s) {
	int rc = sqlite3_step(s);
	if (rc == SQLITE_ROW) return 1;
	if (rc != SQLITE_DONE) die("step");
	sqlite3_reset(s);
	return 0;
}

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static FILE *open_in(const char *dir, const char *name, const char *ending, const char *how) {
	char path[4096];
	snprintf(path, sizeof path, "%s/%s%s", dir, name, ending);
	FILE *f = fopen(path, how);
	if (!f) {
		perror(path);
		exit(1);
	}
	return f;
}

/* report prints seconds and the most memory that the process had. */
static void report(double seconds) {
	FILE *f = fopen("/proc/self/status", "r");
	char line[256];
	long kib = 0;
	while (f && fgets(line, sizeof line, f)) sscanf(line, "VmHWM: %ld", &kib);
	if (f) fclose(f);
	printf("{\"seconds\":%.6f,\"peakKiB\":%ld,\"version\":\"SQLite %s\"}\n", seconds, kib, sqlite3_libversion());
}

/* day counts days from the first of March of the year 0. */
static int day(const char *date) {
	int y = atoi(date), m = atoi(date + 5), d = atoi(date + 8);
	y -= m <= 2;
	m += m <= 2 ? 9 : -3;
	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + d - 1;
}

/* The columns of the CSV and of the table. */
enum { ID, TYPE, AGENT, TARGET, DATE, STATUS, PLACE, RESPONDS, KIND, TOPIC, PASSAGE, COLUMNS };

static const char is_node[COLUMNS] = {[ID] = 1, [AGENT] = 1, [TARGET] = 1, [PLACE] = 1, [RESPONDS] = 1, [PASSAGE] = 1};

static void bind(sqlite3_stmt *s, int column, const char *p, int n) {
	if (!n) sqlite3_bind_null(s, column + 1);
	else if (numbers && column == DATE) sqlite3_bind_int(s, column + 1, day(p));
	else if (numbers && is_node[column]) sqlite3_bind_int64(s, column + 1, atoll(p));
	else sqlite3_bind_text(s, column + 1, p, n, SQLITE_STATIC);
}

static void load_rows(const char *data) {
	sqlite3_stmt *s = prepare("INSERT INTO event VALUES(?,?,?,?,?,?,?,?,?,?,?)");
	FILE *f = open_in(data, numbers ? "numbers" : "events", ".csv", "r");
	setvbuf(f, NULL, _IOFBF, 1 << 20);
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	while ((len = getline(&line, &room, f)) > 0) {
		char *p = line, *stop = line + len - 1;
		*stop = 0;
		for (int c = 0; c < COLUMNS; c++) {
			char *end = c == COLUMNS - 1 ? stop : memchr(p, ',', stop - p);
			if (!end) die("a row lacks columns");
			bind(s, c, p, end - p);
			p = end + 1;
		}
		if (next(s)) die("insert");
	}
	fclose(f);
	sqlite3_finalize(s);
}

/* load syncs once, at the end: a load that is cut short is begun anew. */
static void load(const char *data, const char *file) {
	double start = now();
	run("PRAGMA page_size=8192; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;"
	    "PRAGMA cache_size=-20000; PRAGMA temp_store=MEMORY; PRAGMA threads=2; BEGIN");
	run(numbers
		? "CREATE TABLE event(id INTEGER PRIMARY KEY, type TEXT, agent INT, target INT, date INT, status TEXT, place INT, responds_to INT, kind TEXT, topic TEXT, passage INT)"
		: "CREATE TABLE event(id TEXT, type TEXT, agent TEXT, target TEXT, date TEXT, status TEXT, place TEXT, responds_to TEXT, kind TEXT, topic TEXT, passage TEXT)");
	load_rows(data);
	/* Every index covers its question, so that no row is looked up. */
	if (!numbers) run("CREATE UNIQUE INDEX event_id ON event(id, responds_to)");
	run("CREATE INDEX event_agent ON event(agent, date, target);"
	    "CREATE INDEX event_target ON event(target, date, agent)");
	/* An INTEGER PRIMARY KEY is in every index already. */
	run(numbers ? "CREATE INDEX event_responds ON event(responds_to) WHERE responds_to IS NOT NULL"
		    : "CREATE INDEX event_responds ON event(responds_to, id) WHERE responds_to IS NOT NULL");
	run("COMMIT; PRAGMA optimize");
	if (sqlite3_close(db) != SQLITE_OK) die("close");
	int fd = open(file, O_RDWR);
	if (fd < 0 || fsync(fd) || close(fd)) die("sync");
	report(now() - start);
}

/* The answer in the making, each node after a space. */
static char answer[MOST * 24];
static size_t used;

static void add_text(const char *s) {
	size_t n = strlen(s);
	answer[used++] = ' ';
	memcpy(answer + used, s, n);
	used += n;
}

static void add_number(const char *folder, int64_t n) { used += sprintf(answer + used, " %s/%lld", folder, (long long)n); }

static int64_t number(const char *name) { return atoll(strchr(name, '/') + 1); }

static sqlite3_stmt *question;

/* cop leaves it to SQLite to give each actor once. */
static void cop(char *q) {
	char *from = strchr(q, ' '), *to = strchr(from + 1, ' ');
	*from++ = *to++ = 0;
	if (numbers) {
		sqlite3_bind_int64(question, 1, number(q));
		sqlite3_bind_int(question, 2, day(from));
		sqlite3_bind_int(question, 3, day(to));
		while (next(question)) add_number("actor", sqlite3_column_int64(question, 0));
		return;
	}
	sqlite3_bind_text(question, 1, q, -1, SQLITE_STATIC);
	sqlite3_bind_text(question, 2, from, -1, SQLITE_STATIC);
	sqlite3_bind_text(question, 3, to, -1, SQLITE_STATIC);
	while (next(question)) add_text((const char *)sqlite3_column_text(question, 0));
}

/* walk asks one question a step, which is faster than a recursive query: it
 * follows what each answers, and what those answer, so many levels. */
static void walk(char *q) {
	static int64_t ids[MOST];
	static size_t names[MOST]; /* where the name of each stands in answer */
	int n = 0, level_end = 0;
	char name[64];
	if (numbers) ids[n++] = number(q);
	else names[n++] = 0;
	for (int at = 0, level = 0; at < n; at++) {
		if (at == level_end) {
			if (level++ == STEPS) break;
			level_end = n;
		}
		if (numbers) sqlite3_bind_int64(question, 1, ids[at]);
		else if (!at) sqlite3_bind_text(question, 1, q, -1, SQLITE_STATIC);
		else {
			size_t end = at + 1 < n ? names[at + 1] - 1 : used;
			memcpy(name, answer + names[at], end - names[at]);
			sqlite3_bind_text(question, 1, name, end - names[at], SQLITE_STATIC);
		}
		while (next(question)) {
			if (n == MOST) die("an answer is too long");
			if (sqlite3_column_type(question, 0) == SQLITE_NULL) continue;
			if (numbers) add_number("event", ids[n++] = sqlite3_column_int64(question, 0));
			else {
				names[n++] = used + 1;
				add_text((const char *)sqlite3_column_text(question, 0));
			}
		}
	}
}

static void ask(const char *data, const char *out, const char *name, const char *sql, void (*by)(char *)) {
	question = prepare(sql);
	FILE *in = open_in(data, name, ".txt", "r"), *to = open_in(out, name, ".answers", "w");
	char line[256];
	while (fgets(line, sizeof line, in)) {
		line[strcspn(line, "\n")] = 0;
		used = 0;
		double start = now();
		by(line);
		fprintf(to, "%.0f%.*s\n", 1e9 * (now() - start), (int)used, answer);
	}
	fclose(in);
	if (fclose(to)) die(out);
	sqlite3_finalize(question);
}

int main(int argc, char **argv) {
	int loads = argc == 5 && !strcmp(argv[1], "load");
	if (!loads && !(argc == 6 && !strcmp(argv[1], "query"))) {
		fprintf(stderr, "usage: sqlite load|query text|numbers DATA DB [OUT]\n");
		return 2;
	}
	numbers = !strcmp(argv[2], "numbers");
	const char *data = argv[3], *file = argv[4];
	if (loads) unlink(file);
	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK) die(file);
	if (loads) {
		load(data, file);
		return 0;
	}
	double start = now();
	/* One transaction for all: what is asked takes no lock of its own. */
	run("PRAGMA mmap_size=8000000000; PRAGMA cache_size=-64000; PRAGMA locking_mode=EXCLUSIVE; BEGIN");
	ask(data, argv[5], "cop",
	    "SELECT target FROM event WHERE agent=?1 AND date BETWEEN ?2 AND ?3"
	    " UNION SELECT agent FROM event WHERE target=?1 AND date BETWEEN ?2 AND ?3", cop);
	ask(data, argv[5], "chain", "SELECT responds_to FROM event WHERE id=?1", walk);
	ask(data, argv[5], "answers", "SELECT id FROM event WHERE responds_to=?1", walk);
	report(now() - start);
	return 0;
}
