/* What a script requires is found by its text, read with it, and hashed as one. */
#define _GNU_SOURCE
#include "rig.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/runner_bundle.h"
#include "suites.h"
#include "wire/bundle.h"

static char folder[64], path[128];

static void write_file(const char *name, const char *text)
{
    char whole[128];
    snprintf(whole, sizeof whole, "%s/%s", folder, name);
    FILE *file = fopen(whole, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static int make_folder(void **state)
{
    char under[80];
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/moongate-bundle-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(under, sizeof under, "%s/lib", folder);
    assert_int_equal(mkdir(under, 0700), 0);
    snprintf(under, sizeof under, "%s/sub", folder);
    assert_int_equal(mkdir(under, 0700), 0);
    snprintf(path, sizeof path, "%s/s.lua", folder);
    return 0;
}

static int remove_folder(void **state)
{
    char command[128];
    static const char *const NAMES[] = {"s.lua", "a.lua", "b.lua", "lib/a.lua", "lib/c.lua",
                                        "sub/d.lua", "p.json", "lib", "sub", ""};
    (void)state;
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        snprintf(command, sizeof command, "%s/%s", folder, NAMES[i]);
        remove(command);
    }
    return 0;
}

static int read_image(struct runner_image *image, const char *params, struct err *err)
{
    char library[80];
    snprintf(library, sizeof library, "%s/lib", folder);
    struct runner_sources sources = {path, library, params, NULL};
    return runner_image_read(image, &sources, err);
}

static void requires(const char *text, const char *expected)
{
    struct lua_scan scan = {text, text + strlen(text), 1};
    char found[256] = "";
    const char *name;
    size_t length;
    int line;
    while (runner_scan_require(&scan, &name, &length, &line)) {
        size_t used = strlen(found);
        snprintf(found + used, sizeof found - used, "%.*s@%d ", (int)length, name, line);
    }
    assert_string_equal(found, expected);
}

static void test_scan(void **state)
{
    (void)state;
    requires("", "");
    requires("local a = require \"a\"", "a@1 ");
    requires("require'a'\nrequire ('b.c')\n\nrequire(\n  [[d]])", "a@1 b.c@2 d@5 ");
    requires("require[==[a]==]", "a@1 ");
    requires("-- require 'a'\n--[[ require 'b'\n]] require 'c'", "c@3 ");
    requires("--[==[ ]] require 'a' ]==] require 'b'", "b@1 ");
    requires("x = \"require 'a'\" y = 'require \"b\"' z = [[require 'c']]", "");
    requires("x = \"\\\"\" require 'a'", "a@1 ");
    requires("foo.require 'a' foo:require('b') requires 'c' myrequire 'd'", "");
    requires("foo = 1 . require 'a'", "");
    requires("require(name) require(1) require", "");
    requires("require --[[ why ]] 'a'", "a@1 ");
    requires("x = 'broken\nrequire 'a'", "a@2 ");
    requires("--[[ never ended require 'a'", "");
    requires("x = [[ never ended require 'a'", "");
    requires("require '", "@1 ");
    requires("a\\", "");
}

static void expect_entry(const struct bundle *bundle, uint32_t at, const char *name,
                         const char *text)
{
    const struct bundle_entry *entry = &bundle->entries[at];
    assert_int_equal(entry->name_length, strlen(name));
    assert_memory_equal(entry->name, name, strlen(name));
    assert_int_equal(entry->text_length, strlen(text));
    assert_memory_equal(entry->text, text, strlen(text));
}

static void test_gathers_all_it_requires(void **state)
{
    (void)state;
    struct runner_image image;
    struct bundle bundle;
    struct err err = {""};
    struct stat told;
    write_file("s.lua", "require 'a' require 'sub.d' require 'b'");
    write_file("a.lua", "beside");      /* the library's comes first */
    write_file("lib/a.lua", "require 'c'");
    write_file("lib/c.lua", "require 'a'"); /* a circle */
    write_file("b.lua", "return 1");
    write_file("sub/d.lua", "return 2");
    if (read_image(&image, "{\"x\":\"1\"}", &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(fstat(image.memfd, &told), 0);
    void *bytes = mmap(NULL, (size_t)told.st_size, PROT_READ, MAP_PRIVATE, image.memfd, 0);
    assert_ptr_not_equal(bytes, MAP_FAILED);
    assert_int_equal(bundle_decode(bytes, (size_t)told.st_size, &bundle, &err), 0);
    assert_int_equal(bundle.count, 6);
    expect_entry(&bundle, 0, "s.lua", "require 'a' require 'sub.d' require 'b'");
    expect_entry(&bundle, 1, "params.json", "{\"x\":\"1\"}");
    expect_entry(&bundle, 2, "a", "require 'c'");
    expect_entry(&bundle, 3, "sub.d", "return 2");
    expect_entry(&bundle, 4, "b", "return 1");
    expect_entry(&bundle, 5, "c", "require 'a'");
    munmap(bytes, (size_t)told.st_size);
    runner_image_drop(&image);
}

static void test_is_sealed(void **state)
{
    (void)state;
    struct runner_image image;
    struct err err = {""};
    write_file("s.lua", "return 1");
    assert_int_equal(read_image(&image, NULL, &err), 0);
    assert_int_equal(write(image.memfd, "x", 1), -1);
    assert_int_equal(errno, EPERM);
    assert_int_equal(ftruncate(image.memfd, 0), -1);
    assert_ptr_equal(mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, image.memfd, 0), MAP_FAILED);
    assert_int_equal(fcntl(image.memfd, F_ADD_SEALS, 0), -1);
    runner_image_drop(&image);
}

/* The version is of everything: script, parameters, each module. */
static void test_hash_sees_every_change(void **state)
{
    (void)state;
    struct runner_image image;
    struct err err = {""};
    char first[17];
    write_file("s.lua", "require 'a'");
    write_file("a.lua", "return 1");
    assert_int_equal(read_image(&image, "{}", &err), 0);
    memcpy(first, image.hash, sizeof first);
    assert_int_equal(strlen(first), 16);
    runner_image_drop(&image);
    assert_int_equal(read_image(&image, NULL, &err), 0);
    assert_string_equal(first, image.hash);
    runner_image_drop(&image);
    assert_int_equal(read_image(&image, "{\"x\":1}", &err), 0);
    assert_string_not_equal(first, image.hash);
    runner_image_drop(&image);
    write_file("a.lua", "return 2");
    assert_int_equal(read_image(&image, "{}", &err), 0);
    assert_string_not_equal(first, image.hash);
    runner_image_drop(&image);
}

static void refuses(const char *script, const char *params, const char *words)
{
    struct runner_image image;
    struct err err = {""};
    write_file("s.lua", script);
    assert_int_equal(read_image(&image, params, &err), -1);
    assert_int_equal(image.memfd, -1);
    assert_says(err.text, words);
}

static void test_says_what_is_wrong_and_where(void **state)
{
    (void)state;
    refuses("local x\nrequire 'nowhere'", NULL, "s.lua:2: require 'nowhere': no such module in ");
    refuses("require '../secret'", NULL, "s.lua:1: require '../secret': a module's name");
    refuses("require '/etc/passwd'", NULL, "a module's name is words joined by dots");
    refuses("require 'a..b'", NULL, "a module's name");
    refuses("require '.a'", NULL, "a module's name");
    refuses("require ''", NULL, "a module's name");
    refuses("require 'a\\0b'", NULL, "a module's name");
    refuses("return 1", "[1]", "parameters are one JSON object");
    refuses("return 1", "{\"x\":}", "parameters: byte");
    write_file("a.lua", "--\n--\nrequire 'gone'");
    refuses("require 'a'", NULL, "a.lua:3: require 'gone': no such module");
}

static void test_odd_files(void **state)
{
    (void)state;
    struct runner_image image;
    struct err err = {""};
    struct runner_sources absent = {"/nonexistent/x.lua", NULL, NULL, NULL};
    assert_int_equal(runner_image_read(&image, &absent, &err), -1);
    assert_string_equal(err.text, "/nonexistent/x.lua: there is no such file");

    struct runner_sources directory = {folder, NULL, NULL, NULL};
    assert_int_equal(runner_image_read(&image, &directory, &err), -1);
    assert_says(err.text, "is not a plain file");

    assert_int_equal(mkfifo(path, 0600), 0); /* opening it must not wait for a writer */
    struct runner_sources pipe = {path, NULL, NULL, NULL};
    assert_int_equal(runner_image_read(&image, &pipe, &err), -1);
    assert_says(err.text, "is not a plain file");
    unlink(path);

    write_file("s.lua", "return 1");
    assert_int_equal(truncate(path, BUNDLE_BYTES_MAX + 1), 0);
    assert_int_equal(runner_image_read(&image, &pipe, &err), -1);
    assert_says(err.text, "a bundle holds 4194304 together");
}

static void test_params_from_a_file(void **state)
{
    (void)state;
    struct runner_image image;
    struct err err = {""};
    char params[128];
    snprintf(params, sizeof params, "%s/p.json", folder);
    write_file("s.lua", "return 1");
    struct runner_sources sources = {path, NULL, "{}", params};
    assert_int_equal(runner_image_read(&image, &sources, &err), -1);
    assert_says(err.text, "p.json: there is no such file");
    write_file("p.json", "{\"length\": 12}\n");
    assert_int_equal(runner_image_read(&image, &sources, &err), 0);
    runner_image_drop(&image);
}

int suite_bundle(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan),
        cmocka_unit_test_setup_teardown(test_gathers_all_it_requires, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_is_sealed, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_hash_sees_every_change, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_says_what_is_wrong_and_where, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(test_odd_files, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_params_from_a_file, make_folder, remove_folder),
    };
    return cmocka_run_group_tests_name("bundle", tests, NULL, NULL);
}
