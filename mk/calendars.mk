# Brings conf/calendars/cn.conf up to date: once a year, when the State Council
# has announced the next year's holidays (usually in November).  Needs npm.
CALENDAR_FIRST_YEAR = 2024

calendars: ## take the Chinese holidays of the coming year from the npm package chinese-days
	@tmp=$$(mktemp -d) && trap 'rm -rf "$$tmp"' EXIT && cd "$$tmp" && npm --silent install chinese-days >/dev/null && \
	cd '$(CURDIR)' && conf/calendars/update "$$tmp/node_modules/chinese-days/dist/chinese-days.json" \
	    "$$(sed -n 's/.*"version": *"\(.*\)".*/\1/p' "$$tmp/node_modules/chinese-days/package.json" | head -1)" \
	    "$$(date -u +%F)" $(CALENDAR_FIRST_YEAR)

.PHONY: calendars
