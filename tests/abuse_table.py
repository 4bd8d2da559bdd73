"""The 40 abuse cases: what is tried, what comes of it here, and the tests that try it (file without test_ and .py :: test)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """One way to abuse the shop. `here` says where this house decided otherwise than one would expect, and what holds instead."""

    says: str
    tests: tuple[str, ...]
    here: str = ""


ABUSE: dict[int, Case] = {
    # Catalogue and market
    1: Case(
        "Buy by its number what this market does not list",
        (
            "doors_bad_carts::test_what_this_market_does_not_sell_is_not_put_into_its_cart",
            "checkout_bad_input::test_an_unknown_product_and_another_markets_are_not_there",
        ),
    ),
    2: Case(
        "Open a market that is paused or not launched by address, cookie or language",
        (
            "doors_states::test_goods_carts_and_checkouts_follow_the_catalogue",
            "doors_states::test_buying_is_refused_at_the_cart_and_at_the_order_with_nothing_charged",
            "doors_states::test_an_admission_to_one_market_opens_no_other",
            "catalogue_leaks::test_a_market_that_is_not_shown_answers_at_its_catalogue_as_one_that_is_not_there",
        ),
    ),
    3: Case(
        "A language that is SQL, a path, or ten kilobytes",
        (
            "abuse_catalogue_and_market::test_a_language_that_is_code_is_no_language",
            "checkout_bad_input::test_a_language_of_ten_kilobytes_is_no_language",
            "doors_states::test_a_language_or_market_that_is_not_there_is_not_found",
        ),
    ),
    4: Case(
        "Switch the market between cart and checkout for the cheaper price or the softer policy",
        (
            "checkout_switch::test_coming_with_another_markets_cart_is_told_what_would_change",
            "doors_bad_carts::test_another_markets_cart_is_no_cart_here",
            "checkout_placing::test_what_differs_is_refused_and_leaves_nothing",
        ),
        "a cart belongs to one market; a page of its own says what would change before anything is taken over",
    ),
    5: Case(
        "Take a thousand pages a minute",
        ("abuse_catalogue_and_market::test_who_takes_a_thousand_pages_costs_the_database_nothing_and_hinders_nobody",),
        "looking is not limited: kept pages cost the database nothing; what writes is limited by address (429)",
    ),
    # Cart and checkout
    6: Case(
        "Send price, total, currency, policy or discount along",
        (
            "abuse_cart_and_checkout::test_sums_that_the_sender_names_are_not_read",
            "doors_bad_carts::test_what_differs_from_what_was_shown_is_told_and_nothing_is_written",
        ),
    ),
    7: Case(
        "A quantity that is negative, nought, a fraction, huge, or no number",
        (
            "doors_bad_carts::test_only_a_whole_number_of_pieces_up_to_the_most_is_taken",
            "checkout_bad_input::test_a_quantity_that_is_none_is_told_and_nothing_goes_in",
        ),
        "digits of any script are digits: an Arabic three is three",
    ),
    8: Case(
        "The largest quantity times the largest price",
        ("abuse_cart_and_checkout::test_the_largest_sum_that_can_be_entered_is_a_sum_and_a_larger_one_is_no_fault",),
    ),
    9: Case(
        "Currencies with no or three decimals, mixed",
        (
            "ground_money::test_every_currency_in_the_table_is_written_as_cldr_says",
            "ground_money::test_currencies_are_never_mixed",
            "checkout_regions::test_three_decimals_reach_stripe_as_tens_of_fils",
            "base_stripe_payments::test_amounts_are_counted_as_stripe_counts_them",
        ),
    ),
    10: Case(
        "The same checkout fifty times at once under one key",
        (
            "checkout_once::test_fifty_at_once_with_one_key_are_one_order",
            "checkout_pages::test_the_button_pressed_many_times_at_once_leads_every_press_to_the_same_order",
        ),
    ),
    11: Case(
        "The same key with another body",
        (
            "doors_bad_carts::test_the_same_form_with_other_content_is_refused",
            "checkout_placing::test_another_content_under_the_same_key_is_refused",
        ),
    ),
    12: Case(
        "Two hundred holds of one visitor, to starve the stock",
        (
            "checkout_bounds::test_one_address_keeps_so_many_unpaid_orders_and_no_more",
            "checkout_bounds::test_few_orders_of_many_pieces_do_not_empty_the_shelf_either",
            "checkout_bounds::test_who_comes_at_once_passes_no_bound",
            "checkout_settle::test_what_is_not_paid_is_given_back_once",
        ),
    ),
    13: Case(
        "Try stolen cards through our payments",
        (
            "checkout_bounds::test_one_address_keeps_so_many_unpaid_orders_and_no_more",
            "checkout_disputes::test_a_declined_card_is_remembered_and_the_order_can_still_be_paid",
            "checkout_once::test_back_from_the_till_the_same_cart_is_the_same_order",
        ),
        "a session needs an order, and unpaid orders are bounded by address, mailbox and pieces; cards are tried at the provider",
    ),
    14: Case(
        "Skip a step",
        (
            "doors_bad_carts::test_the_order_button_without_cart_or_address_leads_back",
            "doors_bad_carts::test_without_the_tick_the_form_comes_back_in_the_visitors_language",
            "checkout_consents::test_no_way_around_the_page_orders_without_it",
        ),
    ),
    15: Case(
        "Race for what is limited",
        (
            "checkout_places::test_coming_at_once_passes_no_cap",
            "checkout_limits::test_one_customer_at_once_passes_no_limit",
            "markets_admission::test_of_many_who_redeem_the_last_use_at_once_one_gets_in",
        ),
        "there are no coupons or gifts; what is limited are caps, allotments and invitations",
    ),
    16: Case(
        "A form from another site, without or with another's token",
        (
            "doors_foreign_forms::test_no_form_is_taken_from_another_site",
            "doors_foreign_forms::test_a_form_of_our_own_is_taken_with_either_header",
        ),
        "Sec-Fetch-Site and Origin decide, with SameSite cookies; there is no token to steal",
    ),
    # Payment and webhook
    17: Case(
        "A notice without a signature, or with a wrong one",
        (
            "checkout_stripe::test_an_unsigned_notice_does_nothing",
            "base_signatures::test_a_header_that_does_not_vouch_is_refused",
            "base_signatures::test_a_signed_body_that_is_no_event_is_refused",
        ),
    ),
    18: Case(
        "A valid notice told again, in time and late",
        (
            "abuse_payment_and_webhook::test_a_notice_told_again_late_is_refused_and_in_time_changes_nothing_more",
            "base_signatures::test_an_old_or_future_stamp_is_refused",
        ),
    ),
    19: Case(
        "A signed notice of another account or mode, of an unknown order, of another amount",
        (
            "abuse_payment_and_webhook::test_what_a_signed_notice_says_of_money_is_asked_about_and_not_believed",
            "checkout_stripe::test_a_notice_of_a_session_that_is_not_ours_is_told_again_later",
            "checkout_settle::test_money_that_is_not_the_orders_amount_pays_for_nothing_and_is_told",
        ),
        "a notice only says what to ask about; an unknown session answers 404, so that the provider tells again",
    ),
    20: Case(
        "A valid notice of a kind that we do not know",
        (
            "checkout_stripe::test_a_notice_of_another_kind_is_taken_and_does_nothing",
            "base_signatures::test_other_kinds_are_no_notice",
        ),
        "it is answered 200 and not kept: nothing would ever be done with it",
    ),
    21: Case(
        "Come back from paying without having paid",
        ("abuse_payment_and_webhook::test_coming_back_without_having_paid_is_not_paying",),
    ),
    22: Case(
        "Come back with the session of somebody else's order",
        (
            "abuse_payment_and_webhook::test_coming_back_without_having_paid_is_not_paying",
            "doors_letting_in::test_a_tampered_or_foreign_holders_cookie_opens_nothing",
        ),
        "the address of the way back names the order, whose holder one must be; no session is read from it",
    ),
    23: Case(
        "Give money back twice",
        (
            "checkout_refunds::test_the_same_form_sent_again_is_one_refund_and_with_another_amount_none",
            "checkout_refunds::test_asked_for_at_once_no_more_than_was_paid_is_ever_taken",
            "checkout_refunds::test_money_given_back_by_hand_counts_and_is_told_but_asks_nobody",
        ),
    ),
    24: Case(
        "Give back nothing, less than nothing, or more than is left",
        (
            "abuse_payment_and_webhook::test_an_odd_sum_is_not_given_back",
            "checkout_refunds::test_more_than_is_left_is_refused_and_says_how_much_is",
        ),
    ),
    # Order link
    25: Case(
        "Guess numbers of orders",
        (
            "abuse_order_link::test_a_number_that_there_is_looks_like_one_that_there_is_not",
            "doors_letting_in::test_a_guessed_number_or_secret_opens_nothing",
            "checkout_links::test_who_asks_too_often_waits",
        ),
        "guessing is told nothing however often, so it is not counted; asking for a link by mail is limited",
    ),
    26: Case(
        "A secret with one bit changed, cut, empty, huge, or of another order",
        (
            "abuse_order_link::test_a_secret_that_is_changed_opens_nothing",
            "abuse_order_link::test_the_secret_of_one_thing_opens_no_other",
            "base_holders::test_each_link_has_a_secret_of_its_own_and_the_database_knows_none",
        ),
        "a secret is looked up by its hash: there is nothing to compare in time",
    ),
    27: Case(
        "What opens order A, used on messages, files and returns of order B",
        (
            "abuse_order_link::test_with_what_one_holds_nobody_elses_order_case_or_question_opens",
            "abuse_order_link::test_anothers_cookie_under_ones_own_name_opens_nothing",
            "support_attachments::test_another_customers_file_is_not_there",
        ),
    ),
    28: Case(
        "A link that leaks by referrer, cache, log or the provider's records",
        (
            "abuse_secrets::test_no_secret_of_a_busy_day_is_read_where_it_does_not_belong",
            "abuse_secrets::test_the_provider_is_told_no_more_than_it_needs",
            "doors_answers::test_what_is_the_visitors_own_is_stored_by_nobody",
            "abuse_headers::test_every_kind_of_answer_carries_the_security_headers",
        ),
    ),
    29: Case(
        "Send back outside the period, or what was not ordered",
        (
            "aftersales_returning::test_outside_the_window_it_is_refused_with_the_way_of_goodwill",
            "aftersales_returning::test_what_cannot_be_taken_comes_back_with_the_form",
        ),
    ),
    # Support
    30: Case(
        "Script, pictures of elsewhere and links that run, in every word a customer can write",
        (
            "abuse_payloads::test_on_every_page_hostile_words_are_words",
            "abuse_payloads::test_every_mail_is_to_one_person_and_holds_only_words",
            "abuse_payloads::test_no_page_holds_anything_inline_and_each_has_the_strict_policy",
            "support_pages::test_hostile_text_stays_text",
        ),
    ),
    31: Case(
        "A file that would run: SVG, a page, a PDF with script",
        (
            "abuse_support::test_what_could_run_is_not_taken_whatever_it_is_called",
            "abuse_support::test_what_is_taken_is_only_ever_saved_and_runs_nowhere",
            "support_attachments::test_anything_else_is_refused_in_a_sentence_and_all_the_rest_is_kept",
            "aftersales_claims::test_a_photo_is_shown_or_handed_out_and_can_do_nothing",
        ),
        "422 with a sentence beside the field instead of 415: the rest of the form is kept",
    ),
    32: Case(
        "A file's name with a path, line ends, 300 letters, a turned direction, NUL, a device",
        (
            "abuse_support::test_a_files_name_reaches_neither_the_disk_nor_a_header",
            "support_attachments::test_a_name_is_shown_without_what_could_mislead",
        ),
    ),
    33: Case(
        "Another customer's file; an agent of another market",
        (
            "support_attachments::test_another_customers_file_is_not_there",
            "support_sight::test_a_file_is_only_ever_downloaded_and_only_by_who_may_see_the_request",
        ),
    ),
    34: Case(
        "A zip bomb, 10,000 files, one too large, one that comes byte by byte",
        (
            "abuse_support::test_ten_thousand_parts_and_a_file_too_large_are_refused_at_once",
            "abuse_support::test_who_sends_a_byte_now_and_then_keeps_nobody_waiting",
            "abuse_support::test_what_could_run_is_not_taken_whatever_it_is_called",
            "support_attachments::test_strangers_cannot_fill_the_disk_with_forms_they_never_send",
        ),
        "nothing is ever unpacked; who sends slowly holds a connection and no thread, and no page waits for them",
    ),
    35: Case(
        "Line ends or a second address where one address belongs",
        (
            "base_mail::test_what_is_not_one_plain_address_is_refused",
            "base_mail::test_line_ends_in_a_subject_make_no_header",
            "checkout_addresses::test_one_address_and_perhaps_a_number",
            "abuse_payloads::test_every_mail_is_to_one_person_and_holds_only_words",
        ),
    ),
    36: Case(
        "A flood of questions",
        (
            "support_pages::test_too_many_questions_are_refused_for_a_while",
            "support_pages::test_a_flood_from_one_address_delays_nobody_else",
            "support_inbound::test_a_flood_from_one_address_is_refused_and_delays_nobody_else",
        ),
    ),
    37: Case(
        "A mail in an agent's name",
        (
            "abuse_support::test_a_mail_in_the_name_of_an_agent_is_a_customers_mail",
            "support_inbound::test_a_guessed_mark_is_none",
            "support_inbound::test_a_number_alone_opens_nothing_but_with_the_customers_address",
        ),
        "nobody answers a customer by mail: whatever comes in is a customer's word, or nobody's",
    ),
    # Staff and exporter
    38: Case(
        "An agent at the exporter's addresses, in another market, making a role of their own",
        (
            "doors_roles::test_a_role_finds_exactly_the_doors_of_its_acts",
            "doors_roles::test_another_markets_orders_requests_and_pages_are_not_there",
            "abuse_staff::test_nobody_but_an_exporter_makes_a_role_whatever_is_sent_along",
        ),
    ),
    39: Case(
        "Guess passwords, fix a session, keep one alive, use an invitation twice",
        (
            "staff_desk::test_guessing_one_persons_password_from_everywhere_is_slowed_down",
            "staff_desk::test_who_comes_in_rightly_makes_no_room_for_guesses",
            "staff_desk::test_a_browser_that_knows_a_person_is_no_master_key",
            "staff_signin::test_who_has_no_password_is_refused_at_the_same_cost",
            "doors_letting_in::test_a_wrong_sign_in_tells_nothing_and_keeps_no_password",
            "doors_letting_in::test_a_token_known_before_the_sign_in_is_worth_nothing_after_it",
            "staff_account::test_another_password_needs_the_old_one_and_signs_out_every_other_browser",
            "staff_people::test_who_is_deactivated_is_out_at_once_and_may_do_nothing",
            "staff_people::test_two_clicks_on_one_invitation_choose_one_password",
            "staff_people::test_an_invitation_ends_after_seven_days_and_by_another_one",
        ),
        "an invitation lasts seven days, one to a new password an hour; a link that is over answers 404 with a page of its own",
    ),
    40: Case(
        "Formulas in sheets, addresses within our network, a changed audit",
        (
            "abuse_payloads::test_no_sheet_reckons_with_hostile_words",
            "launches_auditing::test_the_file_holds_nothing_that_a_spreadsheet_would_reckon_with",
            "upkeep_writing_cells::test_what_a_spreadsheet_would_carry_out_is_held_with_an_apostrophe",
            "api_webhooks::test_nothing_is_sent_to_an_address_that_is_not_public",
            "api_webhooks::test_the_connection_goes_to_the_address_that_was_checked",
            "upkeep_check_guards::test_the_database_refuses_to_change_the_audit",
            "upkeep_check_guards::test_an_entry_of_the_audit_that_was_changed_or_removed_breaks_its_chain",
        ),
    ),
}
