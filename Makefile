# appeald: see `make help`.

VERSION = 0.1.0
prefix  = /usr/local
bindir      = $(prefix)/bin
sbindir     = $(prefix)/sbin
libexecdir  = $(prefix)/libexec/appeald
datadir     = $(prefix)/share/appeald
mandir      = $(prefix)/share/man
docdir      = $(prefix)/share/doc/appeald
sysconfdir  = /etc
unitdir     = $(if $(filter /usr,$(prefix)),/lib/systemd/system,$(prefix)/lib/systemd/system)
userunitdir = $(if $(filter /usr,$(prefix)),/usr/lib/systemd/user,$(prefix)/lib/systemd/user)
sysusersdir = $(if $(filter /usr,$(prefix)),/usr/lib/sysusers.d,$(prefix)/lib/sysusers.d)

# V=1 shows the commands; SAN=address,undefined builds with sanitizers, beside
# the plain build; BUILD= chooses the folder.
V     =
SAN   =
BUILD = build$(if $(SAN),-san)
Q     = $(if $(V),,@)

CC      = gcc
CFLAGS  = -O2 -g
WARN    = -Wall -Wextra -Wshadow -Wformat=2 -Wno-format-nonliteral -Wconversion -Wundef -Wstrict-prototypes \
          -Wmissing-prototypes -Wold-style-definition -Wpointer-arith -Wcast-qual -Wvla \
          -Wimplicit-fallthrough -Wno-missing-field-initializers $(if $(WERROR),-Werror)
HARDEN  = -fstack-protector-strong -fstack-clash-protection -fPIE \
          $(if $(SAN),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2) \
          $(if $(filter x86_64,$(shell uname -m)),-fcf-protection)
LDHARD  = -pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed
SANFLAGS = $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
DEFINES = -D_GNU_SOURCE -DAPD_VERSION='"$(VERSION)"' -DAPD_LIBEXECDIR='"$(libexecdir)"' \
          -DAPD_DATADIR='"$(datadir)"' -DAPD_SYSCONFDIR='"$(sysconfdir)"'

# One library, one door: which objects may use which library is held by tests/lint/floors.
PKGS    = glib-2.0 gio-2.0 gio-unix-2.0 json-glib-1.0 sqlite3 libcurl gmime-3.0 libseccomp libsystemd gnutls libpsl libhs \
          libpcre2-8
# Hyperscan is for x86; elsewhere its compatible fork is used where packaged.
LIBS_appeald         = glib-2.0 gio-2.0 gio-unix-2.0 json-glib-1.0 sqlite3 libcurl libsystemd
LIBS_appeald-mail    = glib-2.0 gio-2.0 gio-unix-2.0 gnutls
LIBS_appeald-reader  = glib-2.0 gio-2.0 gio-unix-2.0 gmime-3.0 libseccomp libpsl libhs libpcre2-8
LIBS_appeald-desktop = glib-2.0 gio-2.0 gio-unix-2.0 json-glib-1.0 sqlite3 libnotify libsystemd
LIBS_appealctl       = glib-2.0 gio-2.0 gio-unix-2.0 json-glib-1.0 sqlite3 libcurl gmime-3.0 libpsl libhs libpcre2-8
EXTRA_appeald         = -linih
EXTRA_appeald-mail    = -letpan -linih
EXTRA_appeald-reader  = -linih
EXTRA_appeald-desktop = -linih
EXTRA_appealctl       = -linih

PROGRAMS = appeald appeald-mail appeald-reader appeald-desktop appealctl

# Debian packages.  `make setup` installs what is missing.
BUILD_PACKAGES = gcc libc6-dev pkg-config libglib2.0-dev libetpan-dev libcurl4-gnutls-dev libgnutls28-dev \
                 libgmime-3.0-dev libnotify-dev libinih-dev libsqlite3-dev libjson-glib-dev \
                 libsystemd-dev libseccomp-dev libpsl-dev publicsuffix libhyperscan-dev libpcre2-dev tzdata
TEST_PACKAGES  = python3 openssl dovecot-core dovecot-imapd dovecot-lmtpd dunst xvfb xdotool dbus \
                 dbus-x11 imagemagick x11-apps man-db mandoc groff-base clang libclang-rt-14-dev clang-tidy \
                 clang-format cppcheck valgrind sqlite3 systemd
VM_PACKAGES    = mmdebstrap e2fsprogs qemu-system-x86 python3

.DEFAULT_GOAL = all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# Libraries are asked for only once they are there: `make setup` must run on a bare system.
HAVE_PKGS  := $(shell pkg-config --exists $(PKGS) libnotify 2>/dev/null && echo yes)
PKG_CFLAGS  = $(if $(HAVE_PKGS),$(shell pkg-config --cflags $(PKGS) libnotify | sed 's/-I\//-isystem \//g'))
ALL_CFLAGS  = -std=gnu11 $(CFLAGS) $(WARN) $(HARDEN) $(SANFLAGS) -Iinclude $(DEFINES) $(PKG_CFLAGS) $(CPPFLAGS)
ALL_LDFLAGS = $(LDFLAGS) $(LDHARD) $(SANFLAGS)

LIB_SOURCES = $(sort $(wildcard daemon/*/*.c))
LIB_OBJECTS = $(LIB_SOURCES:%.c=$(BUILD)/%.o)
TOP_OBJECTS = $(PROGRAMS:%=$(BUILD)/daemon/%.o)
LIBRARY     = $(BUILD)/libappeald.a

PRESENT = $(foreach p,$(PROGRAMS),$(if $(wildcard daemon/$(p).c),$(p)))

all: $(PRESENT:%=$(BUILD)/%) ## build every program (the default)

$(BUILD)/%.o: %.c Makefile
	$(Q)mkdir -p $(@D)
	$(if $(V),,@echo "  CC    $<")
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(LIBRARY): $(LIB_OBJECTS)
	$(if $(V),,@echo "  AR    $@")
	$(Q)rm -f $@ && ar rcs $@ $^

define PROGRAM
$(BUILD)/$(1): $(BUILD)/daemon/$(1).o $(LIBRARY)
	$$(if $$(V),,@echo "  LD    $$@")
	$$(Q)$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$(EXTRA_$(1)) $$(shell pkg-config --libs $$(LIBS_$(1)))
endef
$(foreach p,$(PROGRAMS),$(eval $(call PROGRAM,$(p))))

-include $(LIB_OBJECTS:.o=.d) $(TOP_OBJECTS:.o=.d) $(wildcard $(BUILD)/tests/*/*.d)

# --- tests -------------------------------------------------------------------
# tests/unit/test_X.c is one program; it links the library, and tests/fake/*.c
# before it, so that a fake takes the place of the real thing it names.
UNIT_SOURCES = $(sort $(wildcard tests/unit/test_*.c))
UNIT_TESTS   = $(UNIT_SOURCES:tests/unit/%.c=$(BUILD)/tests/unit/%)
UNIT_PKGS    = $(PKGS)

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(LIBRARY)
	$(if $(V),,@echo "  LD    $@")
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ -linih -letpan $$(pkg-config --libs $(UNIT_PKGS))

.PRECIOUS: $(BUILD)/tests/unit/%.o

unit-tests: $(UNIT_TESTS)

setup: ## install the Debian packages that building, demo and check need
	@missing=; for p in $(BUILD_PACKAGES) $(SETUP_ALSO); do \
	    dpkg-query -W -f '$${db:Status-Status}\n' $$p 2>/dev/null | grep -qx installed || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	    sudo=; [ "$$(id -u)" = 0 ] || sudo="sudo -n"; \
	    echo "Installing:$$missing"; \
	    log=$$(mktemp); \
	    { $$sudo apt-get -qq update && DEBIAN_FRONTEND=noninteractive $$sudo env DEBIAN_FRONTEND=noninteractive \
	      apt-get -qq -y --no-install-recommends install $$missing; } >$$log 2>&1 || \
	    { cat $$log; echo "make: could not install$$missing; install them by hand (root or sudo is needed)"; exit 1; }; \
	fi

clean: ## remove what was built
	rm -rf build build-san build-fuzz

help: ## this list
	@echo "appeald $(VERSION): make TARGET [V=1] [SAN=address,undefined] [prefix=/usr] [DESTDIR=...] [CFLAGS=...]"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | sort | awk -F'|' '{ printf "  %-14s %s\n", $$1, $$2 }'

.PHONY: all unit-tests setup clean help
