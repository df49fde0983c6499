# appeald: see `make help`.

VERSION = 0.1.0
prefix  = /usr/local
bindir      = $(prefix)/bin
sbindir     = $(prefix)/sbin
libexecdir  = $(prefix)/libexec/appeald
datadir     = $(prefix)/share/appeald
mandir      = $(prefix)/share/man
docdir      = $(prefix)/share/doc/appeald
completiondir = $(prefix)/share/bash-completion/completions
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
PKGS    = glib-2.0 gio-2.0 gio-unix-2.0 json-glib-1.0 sqlite3 libcurl gmime-3.0 libseccomp libsystemd gnutls libpsl
LIBS_appeald         = glib-2.0 gio-2.0 gio-unix-2.0 json-glib-1.0 sqlite3 libcurl libsystemd
LIBS_appeald-mail    = glib-2.0 gio-2.0 gio-unix-2.0 gnutls
LIBS_appeald-reader  = glib-2.0 gio-2.0 gio-unix-2.0 gmime-3.0 libseccomp libpsl
LIBS_appeald-desktop = glib-2.0 gio-2.0 gio-unix-2.0 json-glib-1.0 sqlite3 libnotify libsystemd
LIBS_appealctl       = glib-2.0 gio-2.0 gio-unix-2.0 json-glib-1.0 sqlite3 libcurl gmime-3.0 libseccomp libpsl
EXTRA_appeald         = -linih
EXTRA_appeald-mail    = -letpan -linih
EXTRA_appeald-reader  = -linih
EXTRA_appeald-desktop = -linih
EXTRA_appealctl       = -linih

PROGRAMS = appeald appeald-mail appeald-reader appeald-desktop appealctl

# Debian packages.  `make setup` installs what is missing.
BUILD_PACKAGES = gcc libc6-dev pkg-config libglib2.0-dev libetpan-dev libcurl4-gnutls-dev libgnutls28-dev \
                 libgmime-3.0-dev libnotify-dev libinih-dev libsqlite3-dev libjson-glib-dev \
                 libsystemd-dev libseccomp-dev libpsl-dev publicsuffix tzdata
TEST_PACKAGES  = python3 openssl dovecot-core dovecot-imapd dovecot-lmtpd dunst xfce4-notifyd notification-daemon \
                 fonts-droid-fallback fonts-nanum chromium xvfb xdotool dbus \
                 dbus-x11 imagemagick x11-apps man-db mandoc groff-base clang libclang-rt-14-dev clang-tidy \
                 clang-format cppcheck valgrind sqlite3 systemd prometheus-alertmanager
LEARN_PACKAGES = python3-sklearn
BENCH_PACKAGES = rspamd isync strace
DEB_PACKAGES   = build-essential debhelper fakeroot lintian
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

all: $(LIBRARY) $(PRESENT:%=$(BUILD)/%) ## build every program (the default)

# What objects were compiled with: folders are compiled in, so that a later
# `make install prefix=/usr` must not keep those of /usr/local.
COMPILED_WITH = $(CC) $(CFLAGS) $(HARDEN) $(SANFLAGS) $(DEFINES) $(CPPFLAGS)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(COMPILED_WITH))' | cmp -s - $@ || \
	    printf '%s\n' '$(subst ','\'',$(COMPILED_WITH))' > $@
FORCE:

$(BUILD)/%.o: %.c Makefile $(BUILD)/flags
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

# tests/fake/prog_*.c are helper programs of the end-to-end tests, tests/bench/prog_*.c of the figures.
FAKE_PROGRAMS = $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/fake/prog_*.c tests/bench/prog_*.c)))
$(FAKE_PROGRAMS): $(BUILD)/%: $(BUILD)/%.o $(LIBRARY)
	$(if $(V),,@echo "  LD    $@")
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ -linih -letpan $$(pkg-config --libs $(UNIT_PKGS))

test-programs: all $(UNIT_TESTS) $(FAKE_PROGRAMS)

# libFuzzer, by clang; each target runs over its seeds in tests/fuzz/seeds/.
FUZZ_SOURCES = $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZERS      = $(FUZZ_SOURCES:tests/fuzz/%.c=build-fuzz/%)
build-fuzz/%: tests/fuzz/%.c $(LIB_SOURCES) Makefile
	$(Q)mkdir -p $(@D)
	$(if $(V),,@echo "  FUZZ  $@")
	$(Q)clang -std=gnu11 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -Iinclude $(DEFINES) \
	    $(PKG_CFLAGS) -o $@ $< $(LIB_SOURCES) -linih -letpan $$(pkg-config --libs $(UNIT_PKGS) libnotify)

AGAIN = $(MAKE) --no-print-directory

check: ## install what is missing, build, run every test
	@$(AGAIN) setup SETUP_ALSO="$(TEST_PACKAGES)"
	@$(AGAIN) test-programs validators servers
	@tests/run --build $(BUILD) lint unit rules notices e2e

check-unit: ## unit tests only
	@$(AGAIN) test-programs
	@tests/run --build $(BUILD) unit

check-e2e: ## end-to-end tests only (ONLY=name for one)
	@$(AGAIN) test-programs
	@tests/run --build $(BUILD) --only "$(ONLY)" e2e

check-notices: ## the cases beside the rules, and tests/notices
	@$(AGAIN) all
	@tests/run --build $(BUILD) rules notices

learn: ## conf/rules/weights.conf anew, from tests/notices and the cases beside the rules
	@$(AGAIN) setup SETUP_ALSO="$(LEARN_PACKAGES)"
	@$(AGAIN) all $(BUILD)/tests/fake/prog_traits
	@APPEALD_BUILD=$(BUILD) tests/notices/learn

check-san: ## unit and end-to-end tests and notices under ASan and UBSan, unit tests under valgrind
	@$(AGAIN) setup SETUP_ALSO="$(TEST_PACKAGES)"
	@$(AGAIN) test-programs SAN=address,undefined
	@$(AGAIN) test-programs validators servers
	@tests/run --build build-san unit rules notices e2e; status=$$?; \
	tests/run --build build valgrind && exit $$status

check-vm: ## install into a Debian under emulation and show that the services live there
	@$(AGAIN) setup SETUP_ALSO="$(VM_PACKAGES)"
	@$(AGAIN) all
	@tests/vm/check

deb: ## Debian packages in build/deb, without a complaint of lintian's
	@$(AGAIN) setup SETUP_ALSO="$(DEB_PACKAGES)"
	rm -rf build/deb && mkdir -p build/deb/appeald
	tar -c --exclude='./build*' --exclude=./.git . | tar -x -C build/deb/appeald
	cd build/deb/appeald && DEB_BUILD_OPTIONS=parallel=$$(nproc) dpkg-buildpackage -us -uc -b
	cd build/deb && lintian --fail-on error,warning appeald_*.changes

fuzz: ## a short run of every fuzzer over its seeds
	@$(AGAIN) setup SETUP_ALSO="$(TEST_PACKAGES)"
	@$(AGAIN) $(FUZZERS)
	@tests/run fuzz

bench: ## figures, side by side with a named yardstick; fails when a target is missed (ONLY=name for one)
	@$(AGAIN) setup SETUP_ALSO="$(TEST_PACKAGES) $(BENCH_PACKAGES)"
	@$(AGAIN) test-programs
	@APPEALD_BUILD=$(CURDIR)/$(BUILD) tests/bench/run $(if $(ONLY),tests/bench/bench_$(ONLY),$(sort $(wildcard tests/bench/bench_*)))

lint: ## floors, headers, banned functions, length, format, cppcheck, clang-tidy
	@tests/run lint

format: ## clang-format over all C
	find daemon include tests -name '*.[ch]' -print0 | xargs -0 clang-format -i

demo: ## install what is missing, build, and watch sample notices become alerts
	@$(AGAIN) setup
	@$(AGAIN) all
	@tests/demo $(BUILD)

-include mk/*.mk

# --- installing --------------------------------------------------------------
D = $(DESTDIR)
MANUALS = $(wildcard man/*.[1-8])
UNITS   = $(BUILD)/systemd/appeald.service $(BUILD)/systemd/appeald-system.service $(BUILD)/systemd/appeald-desktop.service

# Units name the programs where this prefix puts them.
$(BUILD)/systemd/%: systemd/%.in Makefile
	$(Q)mkdir -p $(@D)
	$(Q)sed -e 's|@bindir@|$(bindir)|g' -e 's|@sbindir@|$(sbindir)|g' -e 's|@libexecdir@|$(libexecdir)|g' \
	    -e 's|@sysconfdir@|$(sysconfdir)|g' -e 's|@datadir@|$(datadir)|g' $< > $@

install: all $(UNITS) ## install under $(DESTDIR)$(prefix); prefix=/usr is Debian's
	install -d $(D)$(bindir) $(D)$(libexecdir) $(D)$(datadir) $(D)$(docdir) $(D)$(sysconfdir)/appeald \
	    $(D)$(unitdir) $(D)$(userunitdir) $(D)$(sysusersdir)
	install -m 755 $(BUILD)/appeald $(BUILD)/appeald-desktop $(BUILD)/appealctl $(D)$(bindir)
	install -m 755 $(BUILD)/appeald-mail $(BUILD)/appeald-reader $(D)$(libexecdir)
	for d in rules rules/time calendars alerts platforms; do install -d $(D)$(datadir)/$$d && \
	    install -m 644 conf/$$d/*.conf $(D)$(datadir)/$$d || exit 1; done
	install -m 644 conf/providers.conf $(D)$(datadir)
	install -m 644 conf/rules/README.md $(D)$(docdir)/rules.md
	install -m 644 README.md CHANGELOG.md LICENSE conf/appeald.conf $(D)$(docdir)
	install -d $(D)$(docdir)/examples
	install -m 644 conf/examples/*.conf $(D)$(docdir)/examples
	install -m 755 conf/examples/shopee-address $(D)$(docdir)/examples
	[ -e $(D)$(sysconfdir)/appeald/appeald.conf ] || install -m 644 conf/appeald.conf $(D)$(sysconfdir)/appeald
	install -m 644 $(BUILD)/systemd/appeald.service $(BUILD)/systemd/appeald-desktop.service $(D)$(userunitdir)
	install -m 644 $(BUILD)/systemd/appeald-system.service $(D)$(unitdir)
	install -m 644 systemd/sysusers.conf $(D)$(sysusersdir)/appeald.conf
	install -D -m 644 conf/appealctl.bash $(D)$(completiondir)/appealctl
	for m in $(MANUALS); do install -D -m 644 $$m $(D)$(mandir)/man$${m##*.}/$${m##*/} || exit 1; done

uninstall: ## remove what install put there; configuration and ledger stay
	rm -f $(addprefix $(D)$(bindir)/,appeald appeald-desktop appealctl)
	rm -rf $(D)$(libexecdir) $(D)$(datadir) $(D)$(docdir)
	rm -f $(addprefix $(D)$(userunitdir)/,appeald.service appeald-desktop.service) \
	    $(D)$(unitdir)/appeald-system.service $(D)$(sysusersdir)/appeald.conf
	rm -f $(D)$(completiondir)/appealctl
	rm -f $(foreach m,$(MANUALS),$(D)$(mandir)/man$(subst .,,$(suffix $(m)))/$(notdir $(m)))

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
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | sort | awk -F'|' '{ printf "  %-14s %s\n", $$1, $$2 }'

.PHONY: all unit-tests test-programs check check-unit check-e2e check-notices check-san check-vm learn deb fuzz bench lint format \
        demo install uninstall setup clean help FORCE
