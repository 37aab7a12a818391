/* What a taken-over runner can do with nothing but its socket and its memory. */
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "jail.h"
#include "puppet.h"

static _Alignas(SCRIPT_ALIGN) unsigned char frame[4 * MAX_SCRIPT_FRAME];

/* A frame made by hand: whatever head, so many bytes in all. */
static void forge(struct script_head head, size_t length)
{
    memcpy(frame, &head, sizeof head);
    puppet_send_raw(frame, length);
}

static struct script_head head_of(const struct puppet *puppet, unsigned kind, size_t length)
{
    return (struct script_head){.version = SCRIPT_PROTO_VERSION, .kind = (uint8_t)kind,
                                .generation = puppet->generation, .length = (uint32_t)length};
}

/* One that is right but for its head. */
static void forge_head(const struct puppet *puppet, void (*change)(struct script_head *head))
{
    struct script_head head = head_of(puppet, SCRIPT_DONE, 0);
    change(&head);
    forge(head, sizeof head);
}

static void version(struct script_head *head) { head->version++; }
static void kind_zero(struct script_head *head) { head->kind = 0; }
static void kind_unknown(struct script_head *head) { head->kind = 200; }
static void kind_of_core(struct script_head *head) { head->kind = SCRIPT_SAVE; }
static void old_generation(struct script_head *head) { head->generation--; }
static void next_generation(struct script_head *head) { head->generation++; }
static void reserved(struct script_head *head) { head->reserved[1] = 1; }
static void more(struct script_head *head) { head->more = 1; }
static void request(struct script_head *head) { head->request = 5; }
static void length_lie(struct script_head *head) { head->length = 0xffffffff; }

static void forge_payload(const struct puppet *puppet, enum script_frame_kind kind, size_t length,
                          size_t at, int value)
{
    memset(frame, 0, sizeof frame);
    if (at < length)
        frame[sizeof(struct script_head) + at] = (unsigned char)value;
    forge(head_of(puppet, kind, length), sizeof(struct script_head) + length);
}

static void unasked(const struct puppet *puppet, enum script_frame_kind kind)
{
    static const size_t LENGTHS[] = {[SCRIPT_READY] = sizeof(struct script_ready),
                                     [SCRIPT_VERDICT] = sizeof(struct script_verdict),
                                     [SCRIPT_BYE] = 0};
    memset(frame, 0, sizeof frame);
    forge(head_of(puppet, kind, kind <= SCRIPT_BYE ? LENGTHS[kind] : 0),
          sizeof(struct script_head) + (kind <= SCRIPT_BYE ? LENGTHS[kind] : 0));
}

/* For ever: the core has to end it. */
static void flood(const struct puppet *puppet, enum script_frame_kind kind, size_t length)
{
    memset(frame, 0, sizeof frame);
    if (kind == SCRIPT_LOG)
        frame[sizeof(struct script_head)] = 'i';
    for (;;)
        forge(head_of(puppet, kind, length), sizeof(struct script_head) + length);
}

/* Until the kernel gives no more; the wall has to stand where it was put. */
static void bomb_memory(const struct puppet *puppet)
{
    const size_t step = 1 << 20;
    uint64_t taken = 0, most = puppet->start->memory_max + JAIL_SLACK_BYTES;
    for (; taken <= most; taken += step) {
        char *piece = mmap(NULL, step, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (piece == MAP_FAILED)
            puppet_exit(42);
        memset(piece, 1, step);
    }
}

static unsigned dig(unsigned depth, volatile unsigned char *above)
{
    volatile unsigned char room[4096];
    memset((unsigned char *)(uintptr_t)room, (int)depth, sizeof room);
    room[0] = (unsigned char)(above[0] + 1);
    return depth == 0 ? room[0] : dig(depth + 1, room) + room[1];
}

static void spin(void)
{
    for (volatile unsigned i = 0;; i++)
        continue;
}

#if defined(__x86_64__)
/* The 32-bit door: another table of numbers, in which 20 is getpid. */
static void enter_by_interrupt(void)
{
    long number = 20;
    __asm__ volatile("int $0x80" : "+a"(number) : : "memory", "r8", "r9", "r10", "r11");
}
#else
static void enter_by_interrupt(void)
{
    puppet_exit(0);
}
#endif

static bool forge_named(const struct puppet *puppet)
{
    static const struct { const char *name; void (*change)(struct script_head *head); } HEADS[] = {
        {"version", version}, {"kind_zero", kind_zero}, {"kind_unknown", kind_unknown},
        {"kind_of_core", kind_of_core}, {"old_generation", old_generation},
        {"next_generation", next_generation}, {"reserved", reserved}, {"more", more},
        {"request", request}, {"length_lie", length_lie}};
    static const struct {
        const char *name;
        enum script_frame_kind kind;
        size_t length, at;
        int value;
    } PAYLOADS[] = {
        {"short_intent", SCRIPT_INTENT, sizeof(struct intent) - 1, 0, 0},
        {"long_intent", SCRIPT_INTENT, sizeof(struct intent) + 1, 0, 0},
        {"long_log", SCRIPT_LOG, SCRIPT_TEXT_MAX + 1, 0, 'i'},
        {"huge", SCRIPT_LOG, 3 * MAX_SCRIPT_FRAME, 0, 'i'},
        {"intent_enum", SCRIPT_INTENT, sizeof(struct intent), offsetof(struct intent, side), 77},
        {"intent_product", SCRIPT_INTENT, sizeof(struct intent),
         offsetof(struct intent, product), 99},
        {"intent_flag", SCRIPT_INTENT, sizeof(struct intent),
         offsetof(struct intent, post_only), 255},
        {"timer_id", SCRIPT_TIMER, sizeof(struct script_timer), 2, 255},
        {"log_level", SCRIPT_LOG, 4, 0, 'x'},
    };
    for (size_t i = 0; i < sizeof HEADS / sizeof HEADS[0]; i++)
        if (strcmp(puppet->mode, HEADS[i].name) == 0)
            return forge_head(puppet, HEADS[i].change), true;
    for (size_t i = 0; i < sizeof PAYLOADS / sizeof PAYLOADS[0]; i++)
        if (strcmp(puppet->mode, PAYLOADS[i].name) == 0)
            return forge_payload(puppet, PAYLOADS[i].kind, PAYLOADS[i].length, PAYLOADS[i].at,
                                 PAYLOADS[i].value), true;
    return false;
}

static bool exhaust_named(const struct puppet *puppet)
{
    const char *mode = puppet->mode;
    if (strcmp(mode, "intent_flood") == 0)
        flood(puppet, SCRIPT_INTENT, sizeof(struct intent));
    else if (strcmp(mode, "timer_flood") == 0)
        flood(puppet, SCRIPT_TIMER, sizeof(struct script_timer));
    else if (strcmp(mode, "log_flood") == 0)
        flood(puppet, SCRIPT_LOG, 64);
    else if (strcmp(mode, "fault_flood") == 0)
        flood(puppet, SCRIPT_FAULT, SCRIPT_TEXT_MAX);
    else if (strcmp(mode, "memory_bomb") == 0)
        bomb_memory(puppet);
    else if (strcmp(mode, "stack_bomb") == 0)
        dig(1, frame);
    else if (strcmp(mode, "spin") == 0)
        spin();
    else if (strcmp(mode, "interrupt_80") == 0)
        enter_by_interrupt();
    else
        return false;
    return true;
}

bool hostile_frame(const struct puppet *puppet)
{
    static const struct { const char *name; enum script_frame_kind kind; } UNASKED[] = {
        {"unasked_ready", SCRIPT_READY}, {"unasked_verdict", SCRIPT_VERDICT},
        {"unasked_state", SCRIPT_STATE_OUT}, {"unasked_bye", SCRIPT_BYE},
        {"unasked_done", SCRIPT_DONE}};
    for (size_t i = 0; i < sizeof UNASKED / sizeof UNASKED[0]; i++)
        if (strcmp(puppet->mode, UNASKED[i].name) == 0)
            return unasked(puppet, UNASKED[i].kind), true;
    if (strcmp(puppet->mode, "empty") == 0)
        return puppet_send_raw(frame, 0), true;
    if (strcmp(puppet->mode, "one_byte") == 0)
        return puppet_send_raw(frame, 1), true;
    if (strcmp(puppet->mode, "two_credits") == 0) {
        puppet_send(puppet, SCRIPT_CREDIT, 0, false, NULL, 0);
        return puppet_send(puppet, SCRIPT_CREDIT, 0, false, NULL, 0), true;
    }
    return forge_named(puppet) || exhaust_named(puppet);
}
