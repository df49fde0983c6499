# IMAP servers of other makes, for tests/e2e/test_servers.py: Debian's own packages, unpacked into the build folder and
# run from there.  Nothing is installed, and no service starts.
SERVERS = $(CURDIR)/build/servers
SERVER_PACKAGES = cyrus-imapd cyrus-common libclamav12 libmspack0 libical3 libxapian30 libzephyr4 libjansson4 libpq5 \
                  libwrap0 libnsl2 libtirpc3 libpcre3 \
                  courier-imap courier-base courier-authlib libcourier-unicode4 libgamin0 libgdbm6 libidn12

servers: $(SERVERS)/done ## unpack Cyrus and Courier, against which the path is tested too

$(SERVERS)/done: mk/servers.mk
	@rm -rf $(SERVERS) && mkdir -p $(SERVERS)/packages
	@cd $(SERVERS)/packages && \
	{ apt-get -qq download $(SERVER_PACKAGES) || \
	  { sudo=; [ "$$(id -u)" = 0 ] || sudo="sudo -n"; $$sudo apt-get -qq update && apt-get -qq download $(SERVER_PACKAGES); }; } \
	    >../log 2>&1 || { cat ../log; echo "make: could not download $(SERVER_PACKAGES)"; exit 1; }
	@for p in $(SERVERS)/packages/*.deb; do dpkg -x $$p $(SERVERS)/root || exit 1; done
	@rm -r $(SERVERS)/packages $(SERVERS)/root/usr/share
	@touch $@

.PHONY: servers
