terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_policy" "reading" {
  name   = "tes-reading"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:Get*", Resource = "*" }] })
}

data "aws_iam_policy_document" "ci" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }
  }
}

resource "aws_iam_role" "ci" {
  name               = "tes-ci"
  assume_role_policy = data.aws_iam_policy_document.ci.json
}

resource "aws_iam_role" "known" {
  name = "tes-known"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::999999999999:user/alice" }
      Condition = { StringEquals = { "aws:PrincipalTag/team" = "$${aws:username}" } }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "reading" {
  role       = aws_iam_role.ci.name
  policy_arn = aws_iam_policy.reading.arn
}
