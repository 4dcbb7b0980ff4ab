#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct { float x, y, z; } vec3; // three numbers
struct body {
    vec3 at, speed;
    float mass;
    struct { int id; char tag; } label;
};
struct list { int value; struct list *next; };
union bits { float f; unsigned u; unsigned char bytes[4]; };
enum shade { BLACK, GREY = 40, WHITE = GREY * 2 + 1 };
struct pixel { unsigned char r, g, b; };

static vec3 sub(vec3 a, vec3 b) { return (vec3){a.x - b.x, a.y - b.y, a.z - b.z}; }

static float dot(const vec3 *a, const vec3 *b) { return a->x * b->x + a->y * b->y + a->z * b->z; }

static void step(struct body *bodies, int n, float dt) {
    for (int i = 0; i < n; i++) {
        vec3 force = {0};
        for (int j = 0; j < n; j++) {
            if (i == j) continue;
            vec3 d = sub(bodies[j].at, bodies[i].at);
            float r2 = dot(&d, &d) + 0.01f, s = bodies[j].mass / (r2 * sqrtf(r2));
            force.x += d.x * s, force.y += d.y * s, force.z += d.z * s;
        }
        bodies[i].speed.x += dt * force.x;
        bodies[i].speed.y += dt * force.y;
        bodies[i].speed.z += dt * force.z;
    }
    for (struct body *b = bodies; b < bodies + n; b++) {
        b->at.x += b->speed.x * dt;
        b->at.y += b->speed.y * dt;
        b->at.z += b->speed.z * dt;
    }
}

static int total(const struct list *head) {
    int sum = 0;
    for (const struct list *at = head; at; at = at->next) sum += at->value;
    return sum;
}

static unsigned exponent(float f) {
    union bits b = {.f = f};
    return (b.u >> 23) & 0xff;
}

static void grey(struct pixel *image, int width, int height) {
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            struct pixel *p = &image[y * width + x];
            p->r = p->g = p->b = (p->r * 77 + p->g * 150 + p->b * 29) >> 8;
        }
}

static enum shade shade_of(const struct pixel *p) {
    if (p->r < 30) return BLACK;
    return p->r < 100 ? GREY : WHITE;
}

static bool inside(vec3 p, float r) {
    bool close = p.x * p.x + p.y * p.y < r * r;
    return close && !(p.z > r);
}

int main(void) {
    struct body bodies[3] = {
        {{0, 0, 0}, {0, 0.1f, 0}, 5.0f, {1, 'a'}},
        {.at = {1, 0, 0.5f}, .mass = 2, .label = {.id = 2}},
        [2] = {.at.y = -2.0f, .speed.x = 0.25f, .mass = 0.5f},
    };
    struct list c = {3, NULL}, b = {2, &c}, a = {1, &b};
    struct pixel image[6][4];
    for (int i = 0; i < 24; i++) image[i / 4][i % 4] = (struct pixel){i * 9, 255 - i * 10, i * i};
    for (int i = 0; i < 10; i++) step(bodies, 3, 0.01f);
    grey(&image[0][0], 4, 6);
    int shades = 0;
    for (int i = 0; i < 24; i++) shades = shades * 3 + shade_of(&image[0][0] + i) % 5;
    printf("%.9g %.9g %d %u %d %d %zu %d\n", bodies[0].at.x, bodies[2].speed.y, total(&a), exponent(6.5f), shades,
           inside(bodies[1].at, 2), sizeof(struct body), bodies[1].label.id);
    return 0;
}
